package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseEnd;

/// Is told what a mounted volume's owner must know. The threads of the mount call it, so it returns
/// quickly and does not touch the mount.
public interface VolumeEvents {
  /// Something of the volume could not be read or written, and a program got EIO. Each distinct
  /// text is reported once, up to a limit.
  ///
  /// @param what one line
  void failed(String what);

  /// The mount is served no more.
  void ended(FuseEnd end);
}
