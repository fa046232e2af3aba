/// A volume as a mount: what the kernel asks becomes operations of [FileSystem].
///
/// [ServedVolume] ties device, mount, threads and file system together. [VolumeOperations] is the
/// translation: the numbers of inodes are the kernel's node numbers.
package dev.testudo.volume.fuse;
