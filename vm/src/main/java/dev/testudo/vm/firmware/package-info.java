/// OVMF, the UEFI firmware of QEMU's machines: the tables in it by which the host and we know what
/// it can do and what of memory is measured.
package dev.testudo.vm.firmware;
