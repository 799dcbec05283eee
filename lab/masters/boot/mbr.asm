; Master boot record of the BIOS master: moves out of the way, loads the boot record of the active
; partition and jumps to it, as every PC's does. At most 440 bytes: the disk's signature and the
; partition table follow.
bits 16
org 0x600

start:
    cli
    xor ax, ax
    mov ss, ax
    mov sp, 0x7C00
    mov ds, ax
    mov es, ax
    sti
    cld
    mov si, 0x7C00
    mov di, 0x600
    mov cx, 256
    rep movsw
    jmp 0:moved

moved:
    mov si, 0x600 + 446
    mov cx, 4
.look:
    cmp byte [si], 0x80
    je .found
    add si, 16
    loop .look
    mov si, no_active
    jmp fail

.found:
    mov eax, [si + 8]               ; the partition's first sector
    mov [packet.sector], eax
    push si
    mov si, packet
    mov ah, 0x42                    ; extended read; the BIOS left the drive in DL
    int 0x13
    pop si
    jc .unreadable
    cmp word [0x7DFE], 0xAA55
    jne .unreadable
    jmp 0:0x7C00                    ; DL: drive, SI: partition entry

.unreadable:
    mov si, unreadable

fail:
    lodsb
    test al, al
    jz .halt
    mov ah, 0x0E
    xor bx, bx
    int 0x10
    jmp fail
.halt:
    hlt
    jmp .halt

no_active:  db "Missing operating system", 13, 10, 0
unreadable: db "Error loading operating system", 13, 10, 0

align 4
packet:
    db 16, 0
    dw 1                            ; one sector
    dw 0x7C00, 0                    ; to 0000:7C00
.sector:
    dq 0

times 440 - ($ - $$) db 0
