/// What hardware and TPM measure of a VM image, computed from its parts. A value is called
/// confirmed only where it was compared with one that others published; docs/formats/vm-image.md
/// lists them.
package dev.testudo.vm.measure;
