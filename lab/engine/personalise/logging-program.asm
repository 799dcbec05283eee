; A program of Windows (x86-64, console) that stands for another one in the tests: it adds its command line to
; C:\shims\log.txt, prints C:\shims\output.txt when there is one, and ends with the code in the first four bytes of the
; file beside it, NAME.exe.code (0 without one).
; Assembled by `nasm -f bin`: the headers are written out here, as no linker for Windows is at hand.
bits 64
%define BASE 0x140000000
%define RVA(label) (0x1000 + (label) - code)

dos:    db 'MZ'
        times 58 db 0
        dd pe - dos
pe:     db 'PE', 0, 0
        dw 0x8664, 1                    ; machine, sections
        dd 0, 0, 0
        dw optional_end - optional, 0x22
optional:
        dw 0x20b
        db 14, 0
        dd 0x1000, 0, 0                 ; sizes of code and data
        dd RVA(start), 0x1000           ; entry, base of code
        dq BASE
        dd 0x1000, 0x200                ; alignment in memory and in the file
        dw 6, 0, 0, 0, 6, 0
        dd 0, 0x3000, 0x200, 0          ; reserved, size of the image, of the headers, checksum
        dw 3, 0x100                     ; console; 64-bit addresses
        dq 0x100000, 0x1000, 0x100000, 0x1000
        dd 0, 16
        dd 0, 0                         ; exports
        dd RVA(imports), imports_end - imports
        times 14 dq 0
optional_end:
        db '.all', 0, 0, 0, 0
        dd 0x2000, 0x1000, 0x1000, 0x200
        dd 0, 0
        dw 0, 0
        dd 0xe0000060                   ; code and data: read, write, execute
        times 0x200 - ($ - dos) db 0

code:
start:  sub rsp, 0x58
        lea rcx, [rel log_name]
        mov edx, 4                      ; append
        mov r8d, 4                      ; open or make
        call open
        mov rbx, rax
        call [rel GetCommandLineA]
        mov rsi, rax
        call write
        lea rsi, [rel line_end]
        call write
        mov rcx, rbx
        call [rel CloseHandle]

        lea rcx, [rel output_name]
        mov edx, 0x80000000             ; read
        mov r8d, 3                      ; open only
        call open
        cmp rax, -1
        je silent
        mov rcx, rax
        lea rdx, [rel output]
        mov r8d, 1000
        lea r9, [rel count]
        mov qword [rsp + 0x20], 0
        call [rel ReadFile]
        mov ecx, -11                    ; standard output
        call [rel GetStdHandle]
        mov rbx, rax
        lea rsi, [rel output]
        call write
silent: xor ecx, ecx
        lea rdx, [rel path]
        mov r8d, 260
        call [rel GetModuleFileNameA]
        lea rcx, [rel path]
        lea rdx, [rel suffix]
        call [rel lstrcatA]
        lea rcx, [rel path]
        mov edx, 0x80000000             ; read
        mov r8d, 3                      ; open only
        call open
        cmp rax, -1
        je leave
        mov rcx, rax
        lea rdx, [rel exit_code]
        mov r8d, 4
        lea r9, [rel count]
        mov qword [rsp + 0x20], 0
        call [rel ReadFile]
leave:  mov ecx, [rel exit_code]
        call [rel ExitProcess]

; rcx name, edx access, r8d what to do; the handle in rax
open:   sub rsp, 0x48
        mov [rsp + 0x20], r8d
        mov dword [rsp + 0x28], 0x80
        mov qword [rsp + 0x30], 0
        mov r8d, 7                      ; others may read, write and delete
        xor r9d, r9d
        call [rel CreateFileA]
        add rsp, 0x48
        ret

; the text at rsi to the file rbx
write:  sub rsp, 0x38
        mov rcx, rsi
        call [rel lstrlenA]
        mov rcx, rbx
        mov rdx, rsi
        mov r8d, eax
        lea r9, [rel count]
        mov qword [rsp + 0x20], 0
        call [rel WriteFile]
        add rsp, 0x38
        ret

        align 8
imports:
        dd RVA(names), 0, 0, RVA(dll), RVA(addresses)
        times 20 db 0
imports_end:
        align 8
%macro NAMES 0
        dq RVA(n1), RVA(n2), RVA(n3), RVA(n4), RVA(n5), RVA(n6), RVA(n7), RVA(n8), RVA(n9), RVA(n10), 0
%endmacro
names:  NAMES
addresses:
GetCommandLineA:    dq RVA(n1)
GetModuleFileNameA: dq RVA(n2)
CreateFileA:        dq RVA(n3)
ReadFile:           dq RVA(n4)
WriteFile:          dq RVA(n5)
CloseHandle:        dq RVA(n6)
lstrlenA:           dq RVA(n7)
lstrcatA:           dq RVA(n8)
ExitProcess:        dq RVA(n9)
GetStdHandle:       dq RVA(n10)
        dq 0
n1:     db 0, 0, 'GetCommandLineA', 0
n2:     db 0, 0, 'GetModuleFileNameA', 0
n3:     db 0, 0, 'CreateFileA', 0
n4:     db 0, 0, 'ReadFile', 0
n5:     db 0, 0, 'WriteFile', 0
n6:     db 0, 0, 'CloseHandle', 0
n7:     db 0, 0, 'lstrlenA', 0
n8:     db 0, 0, 'lstrcatA', 0
n9:     db 0, 0, 'ExitProcess', 0
n10:    db 0, 0, 'GetStdHandle', 0
dll:    db 'kernel32.dll', 0
log_name: db 'C:\shims\log.txt', 0
output_name: db 'C:\shims\output.txt', 0
suffix: db '.code', 0
line_end: db 13, 10, 0
exit_code: dd 0
count:  dd 0
path:   times 300 db 0
output: times 1004 db 0
        times 0x1200 - ($ - dos) db 0
