/// Cpio archives in the format newc, which Linux unpacks as initrd: written deterministically, read
/// from hostile sources.
package dev.testudo.vm.cpio;
