package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAnnotation;
import dev.testudo.vm.initdata.InitdataDevice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Finds the initdata of a guest of Kata Containers: as the annotation of its pod, as the file that
/// Kata's agent writes, or on the block device of its host. All of these are what the host says.
///
/// @param annotation the value of the annotation, if it was given
/// @param file the file of Kata's agent
/// @param devices the folder of devices
/// @param isDevice whether a file there is a block device
record InitdataSearch(
    Optional<String> annotation, Path file, Path devices, Predicate<Path> isDevice) {
  private static final int BLOCK_DEVICE = 0060000;
  private static final int TYPE = 0170000;

  /// Returns the places of a Linux machine.
  static InitdataSearch ofMachine(Optional<String> annotation) {
    return new InitdataSearch(
        annotation,
        Path.of("/run/confidential-containers/initdata/initdata.toml"),
        Path.of("/dev"),
        InitdataSearch::isBlockDevice);
  }

  private static boolean isBlockDevice(Path path) {
    try {
      var mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return mode instanceof Integer bits && (bits & TYPE) == BLOCK_DEVICE;
    } catch (IOException e) {
      return false; // it has gone
    }
  }

  /// Returns the first initdata that is there.
  ///
  /// @throws AgentFailure if there is none, or it cannot be read as such
  GuestInitdata find() throws AgentFailure {
    if (annotation.isPresent()) {
      return read(EvidenceOptions.INITDATA, () -> InitdataAnnotation.decode(annotation.get()));
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return read(file.toString(), () -> Initdata.read(content(file, Initdata.MOST_BYTES)));
    }
    for (var device : candidates()) {
      var compressed = compressed(device);
      if (compressed.isPresent()) {
        return read(device.toString(), () -> InitdataDevice.read(compressed.get()));
      }
    }
    throw AgentFailure.refused(
        "there is no initdata: neither `%s`, nor %s, nor a block device that begins with the word; nothing is started"
            .formatted(EvidenceOptions.INITDATA, file));
  }

  private interface Reading {
    Initdata read() throws IOException;
  }

  private static GuestInitdata read(String place, Reading reading) throws AgentFailure {
    try {
      return new GuestInitdata(reading.read(), place);
    } catch (VmException e) {
      throw AgentFailure.refused("%s: %s; nothing is started".formatted(place, e.getMessage()));
    } catch (IOException e) {
      throw AgentFailure.environment("read initdata from " + place, e);
    }
  }

  private static Octets content(Path file, int most) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Octets.of(in.readNBytes(most + 1)); // the reader refuses one byte too many
    }
  }

  private List<Path> candidates() throws AgentFailure {
    try (Stream<Path> all = Files.list(devices)) {
      return all.filter(path -> path.getFileName().toString().matches("(vd|sd)[a-z]+"))
          .filter(isDevice)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw AgentFailure.environment("look for a device with initdata", e);
    }
  }

  /// Returns what follows the header of a device with initdata.
  private static Optional<Octets> compressed(Path device) throws AgentFailure {
    try (InputStream in = Files.newInputStream(device)) {
      var header = Octets.of(in.readNBytes(InitdataDevice.HEADER));
      return InitdataDevice.isOne(header)
          ? Optional.of(Octets.of(in.readNBytes(InitdataDevice.compressedLength(header))))
          : Optional.empty();
    } catch (VmException e) {
      throw AgentFailure.refused("%s: %s; nothing is started".formatted(device, e.getMessage()));
    } catch (IOException e) {
      throw AgentFailure.environment("read the device " + device, e);
    }
  }
}
