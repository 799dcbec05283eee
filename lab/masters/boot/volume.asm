; Code part of the BIOS master's NTFS boot record, bytes 0x54 to 0x1FD; mkntfs's parameter block before it
; stays as it is. It tells on the first serial port and on the screen that the machine booted from its
; disk. Like a real one it finds its volume by the parameter block's `hidden sectors`: where that is wrong
; after a deployment, Windows would not boot, and this does not either.
bits 16
org 0x7C54

%define HIDDEN 0x7C1C
%define SERIAL_NUMBER 0x7C48

start:
    cli
    xor ax, ax
    mov ss, ax
    mov sp, 0x7C00
    mov ds, ax
    mov es, ax
    sti
    cld
    mov [drive], dl
    mov ax, 0x00E3                  ; first serial port: 9600 baud, 8 bits, no parity
    xor dx, dx
    int 0x14

    mov eax, [HIDDEN]
    mov [packet.sector], eax
    mov si, packet
    mov dl, [drive]
    mov ah, 0x42
    int 0x13
    jc wrong
    mov si, 0x7C00                  ; what stands there must be this very record, parameters and all
    mov di, 0x8000
    mov cx, 0x54 / 2
    repe cmpsw
    jne wrong

    mov si, booted
    call print
    mov si, SERIAL_NUMBER + 7
    mov cx, 8
.digit:
    mov al, [si]
    dec si
    call print_byte
    loop .digit
    mov si, line_end
    call print
    jmp halt

wrong:
    mov si, misplaced
    call print
halt:
    hlt
    jmp halt

print_byte:                         ; AL as two hexadecimal digits
    push ax
    shr al, 4
    call print_digit
    pop ax
    and al, 15
print_digit:
    add al, '0'
    cmp al, '9'
    jbe print_character
    add al, 'A' - '0' - 10
print_character:
    push ax
    push bx
    push dx
    mov bx, ax
    mov ah, 1
    xor dx, dx
    int 0x14
    mov al, bl
    mov ah, 0x0E
    xor bx, bx
    int 0x10
    pop dx
    pop bx
    pop ax
    ret

print:
    lodsb
    test al, al
    jz .end
    call print_character
    jmp print
.end:
    ret

booted:    db 13, 10, "MIMEO-XP-MASTER BOOTED FROM DISK, volume ", 0
misplaced: db 13, 10, "MIMEO-XP-MASTER: the boot record's hidden sectors are wrong"
line_end:  db 13, 10, 0
drive:     db 0

align 4
packet:
    db 16, 0
    dw 1
    dw 0x8000, 0                    ; to 0000:8000
.sector:
    dq 0

times 0x1FE - 0x54 - ($ - $$) db 0
