package dev.testudo.vm.measure;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.MeasurementHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a firmware comes to the image that it boots. This is a property of the machine and its boot
/// order, not of the image; a policy should not rest on registers that contain it.
///
/// @param attempts how many entries of the boot order the firmware starts in vain before, 0 to 16
/// @param partitionTable the digest of the partition table of the disk, if it has one that is
///     measured
public record BootPath(int attempts, Optional<Octets> partitionTable) {
  private static final int MOST_ATTEMPTS = 16;
  private static final String CALLING = "Calling EFI Application from Boot Option";
  private static final String RETURNING = "Returning from EFI Application from Boot Option";

  /// The image is the first that the firmware starts, from a disk without a partition table.
  public static final BootPath DIRECT = new BootPath(0, Optional.empty());

  /// Checks the number.
  ///
  /// @throws IllegalArgumentException if it is out of range
  public BootPath {
    if (attempts < 0 || attempts > MOST_ATTEMPTS) {
      throw new IllegalArgumentException("%d attempts to boot".formatted(attempts));
    }
  }

  /// Returns what the firmware measures before it loads the image: the call, once a separator, and
  /// for each attempt in vain the return and the next call (TCG PC Client Platform Firmware
  /// Profile, "Boot Attempts").
  public List<MeasuredEvent> events(MeasurementHash hash) {
    var events = new ArrayList<MeasuredEvent>();
    events.add(MeasuredEvent.action(CALLING, hash));
    events.add(MeasuredEvent.separator(hash));
    for (var i = 0; i < attempts; i++) {
      events.add(MeasuredEvent.action(RETURNING, hash));
      events.add(MeasuredEvent.action(CALLING, hash));
    }
    return events;
  }
}
