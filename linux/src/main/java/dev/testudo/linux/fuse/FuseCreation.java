package dev.testudo.linux.fuse;

/// What a new file is to be.
///
/// @param mode type and permission bits. The kernel has applied the umask
/// @param device the device number of a device file, otherwise 0
/// @param flags those of open(2) if it is opened as well, otherwise 0
public record FuseCreation(int mode, int device, int flags) {}
