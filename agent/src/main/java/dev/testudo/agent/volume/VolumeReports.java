package dev.testudo.agent.volume;

import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.freshness.TagListener;
import dev.testudo.volume.fuse.VolumeEvents;
import dev.testudo.volume.store.DamageListener;
import java.io.IOException;
import java.util.function.Consumer;

/// Tells people what a volume cannot tell its program.
///
/// @param volume its name
/// @param report gets lines for people
record VolumeReports(String volume, Consumer<String> report)
    implements TagListener, VolumeEvents, DamageListener {
  @Override
  public void silent(String reason) {
    say("CAS does not answer, so changes may have to wait: " + reason);
  }

  @Override
  public void answers() {
    say("CAS answers again");
  }

  @Override
  public void lost(String reason) {
    say("the lease is lost, so every change fails with EIO from now on: " + reason);
  }

  @Override
  public void damaged(VolumeException damage) {
    say(String.valueOf(damage.getMessage()));
  }

  @Override
  public void failed(IOException reason) {
    say("the disk has failed, so every change fails with EIO from now on: " + reason.getMessage());
  }

  @Override
  public void failed(String what) {
    say(what);
  }

  @Override
  public void ended(FuseEnd end) {
    switch (end) {
      case FuseEnd.Unmounted _, FuseEnd.Stopped _ -> {}
      case FuseEnd.Aborted _ -> say("somebody ended the connection to the kernel");
      case FuseEnd.Failed(var reason) -> say("cannot be served any more: " + reason);
    }
  }

  /// Says something about the volume.
  void say(String what) {
    report.accept("volume `%s`: %s".formatted(volume, what));
  }
}
