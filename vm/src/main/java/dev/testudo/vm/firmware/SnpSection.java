package dev.testudo.vm.firmware;

/// A range of memory that is prepared before a SEV-SNP guest starts.
///
/// @param address the guest's physical address, a multiple of 4096
/// @param bytes the length, a multiple of 4096
public record SnpSection(SnpSectionType type, long address, long bytes) {}
