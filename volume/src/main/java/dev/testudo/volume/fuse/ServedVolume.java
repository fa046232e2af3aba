package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseCounters;
import dev.testudo.linux.fuse.FuseDevice;
import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.linux.fuse.FuseMount;
import dev.testudo.linux.fuse.FuseMountOptions;
import dev.testudo.linux.fuse.FuseServer;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.volume.file.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A volume that programs use as a directory.
///
/// The end of a volume is: [#unmount], then close the [FileSystem]. If the process is killed
/// instead, programs get ENOTCONN, and the next mount of the volume recovers.
///
/// A process that serves a volume must not touch the files in it from Java code
/// ([dev.testudo.linux.fuse]).
public final class ServedVolume {
  private static final String SUBTYPE = "testudo";

  private final FuseServer server;

  private ServedVolume(FuseServer server) {
    this.server = server;
  }

  /// Mounts a volume on the directory `target`, in the mount namespace of the calling thread, which
  /// must be a platform thread, and serves it. Users other than this process's can reach it, as far
  /// as owners and modes permit.
  ///
  /// @throws ErrnoException ENOENT without `/dev/fuse`, EACCES or EPERM if this process may not
  ///     open it or may not mount. Nothing is mounted then
  public static ServedVolume mount(
      FileSystem files, Path target, VolumeMountOptions options, VolumeEvents events)
      throws IOException {
    return mount(FuseDevice.PATH, files, target, options, events);
  }

  /// As [#mount], where the device file is not `/dev/fuse`.
  public static ServedVolume mount(
      Path path, FileSystem files, Path target, VolumeMountOptions options, VolumeEvents events)
      throws IOException {
    var devices = attach(path, target, options);
    try {
      return serve(devices, files, options, events);
    } catch (IOException e) {
      detachIfMounted(target, devices);
      throw e;
    }
  }

  /// Mounts a volume that [#serve] serves afterwards. Threads are in the mount namespace of the
  /// thread that starts them, so one that has a namespace of its own mounts, and another one
  /// serves.
  ///
  /// @return the devices for [#serve]
  public static List<FuseDevice> attach(Path target, VolumeMountOptions options)
      throws IOException {
    return attach(FuseDevice.PATH, target, options);
  }

  private static List<FuseDevice> attach(Path path, Path target, VolumeMountOptions options)
      throws IOException {
    var devices = new ArrayList<FuseDevice>();
    try {
      var device = FuseDevice.open(path);
      devices.add(device);
      FuseMount.mount(device, target, mountOptions(options));
      for (var i = 1; i < options.threads(); i++) {
        devices.add(device.copy(path));
      }
      return devices;
    } catch (IOException e) {
      detachIfMounted(target, devices);
      throw e;
    }
  }

  /// Without its devices, a mount that was made answers nothing but ENOTCONN.
  private static void detachIfMounted(Path target, List<FuseDevice> devices) {
    boolean mounted = devices.size() > 1;
    devices.forEach(FuseDevice::close);
    if (mounted) {
      try {
        FuseMount.detach(target);
      } catch (ErrnoException _) {
        // The first failure is the one to report.
      }
    }
  }

  private static FuseMountOptions mountOptions(VolumeMountOptions options) throws ErrnoException {
    return new FuseMountOptions(
        options.name(), SUBTYPE, UserIds.own(), true, true, options.transfer());
  }

  /// Serves a volume that somebody else has mounted.
  ///
  /// @param devices what the one who mounted has sent, at least one. They are closed when serving
  ///     ends
  public static ServedVolume serve(
      List<FuseDevice> devices, FileSystem files, VolumeMountOptions options, VolumeEvents events)
      throws IOException {
    var operations = new VolumeOperations(files, options.clock(), options.visibility());
    return new ServedVolume(
        FuseServer.start(devices, options.settings(), operations, new FailureLog(events)));
  }

  /// Unmounts, in the mount namespace of the calling thread. The kernel writes back its cache, and
  /// serving ends. If processes use the volume, it leaves the tree of files at once, and serving
  /// ends when they do.
  ///
  /// @return why serving ended, or empty if processes still use the volume after `timeout`
  /// @throws ErrnoException EINVAL if nothing is mounted at `target`
  public Optional<FuseEnd> unmount(Path target, Duration timeout)
      throws IOException, InterruptedException {
    try {
      FuseMount.unmount(target);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EBUSY) {
        throw e;
      }
      FuseMount.detach(target);
    }
    return server.awaitEnd(timeout);
  }

  /// Stops serving without unmounting. Programs that still use the volume get errors, and what they
  /// wrote without fsync(2) is lost.
  ///
  /// @return whether all requests ended within the timeout
  public boolean stop(Duration timeout) throws InterruptedException {
    return server.stop(timeout);
  }

  /// Waits for serving to end. Returns why it did, or empty if it goes on.
  public Optional<FuseEnd> awaitEnd(Duration timeout) throws InterruptedException {
    return server.awaitEnd(timeout);
  }

  /// Returns what was served so far.
  public FuseCounters counters() {
    return server.counters();
  }
}
