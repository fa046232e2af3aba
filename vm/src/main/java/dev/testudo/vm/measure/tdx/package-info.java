/// TDX: MRTD, which the module computes while it builds a trust domain, and RTMR1 and RTMR2, which
/// firmware and kernel extend. RTMR0 is not computed: it depends on the size of the memory, every
/// device and QEMU's ACPI tables.
package dev.testudo.vm.measure.tdx;
