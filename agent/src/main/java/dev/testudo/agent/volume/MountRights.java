package dev.testudo.agent.volume;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.MountNamespace;
import dev.testudo.linux.fuse.FuseDevice;
import dev.testudo.linux.mount.Mounts;
import java.io.IOException;

/// Whether this process may mount volumes. It is tried before a volume is claimed, so that a start
/// that cannot succeed changes nothing.
final class MountRights {
  private MountRights() {}

  /// @param volume a volume that is to be mounted
  /// @throws AgentFailure if there is no way to mount; the message says what to add
  static void require(String volume) throws AgentFailure, InterruptedException {
    try (var _ = FuseDevice.open()) {
      MountNamespace.onNewThread(Mounts::unshare);
    } catch (IOException e) {
      throw AgentFailure.environment(
          ("volume `%s` needs a FUSE mount, and this process may not make one; a container needs"
                  + " the device /dev/fuse and, for root, the capability SYS_ADMIN; an ordinary user"
                  + " needs a /dev/fuse that it may open; a pod that gets neither needs a node mounter"
                  + " (--node-mounter)")
              .formatted(volume),
          e);
    }
  }
}
