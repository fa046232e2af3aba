/// PE/COFF, the format of UEFI programs: a reader of what others made, the digest that firmware
/// measures, and a writer of unified kernel images.
package dev.testudo.vm.pe;
