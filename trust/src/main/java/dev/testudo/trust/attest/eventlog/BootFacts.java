package dev.testudo.trust.attest.eventlog;

import java.util.List;
import java.util.Optional;

/// What people ask of an event log first.
///
/// @param secureBoot whether the firmware started only signed programs
/// @param started the programs that the firmware started, in order: boot loader and kernel
/// @param commandLines the command lines that kernels were started with
/// @param runtime the events of programs, in order
public record BootFacts(
    Optional<Boolean> secureBoot,
    List<Started> started,
    List<String> commandLines,
    List<EventContent> runtime) {
  /// Copies the lists.
  public BootFacts {
    started = List.copyOf(started);
    commandLines = List.copyOf(commandLines);
    runtime = List.copyOf(runtime);
  }

  /// A program that the firmware started.
  ///
  /// @param path where the log says that it was; no digest covers it
  /// @param authenticode SHA-384 over the program as it is signed for Secure Boot, in hexadecimal
  public record Started(String path, String authenticode) {}

  /// Returns what the believed events of a log say. Only confirmed texts are used.
  public static BootFacts of(ReplayedLog log) {
    var confirmed = log.believed().stream().filter(EventContent::confirmed).toList();
    return new BootFacts(
        confirmed.stream().flatMap(content -> secureBoot(content).stream()).findFirst(),
        log.believed().stream()
            .filter(content -> is(content, EventType.APPLICATION))
            .map(content -> new Started(content.text(), content.event().digest().hex()))
            .toList(),
        confirmed.stream()
            .filter(content -> is(content, EventType.BOOT_LOADER))
            .filter(content -> content.text().startsWith(EventWording.KERNEL))
            .map(content -> content.text().substring(EventWording.KERNEL.length()))
            .toList(),
        confirmed.stream().filter(content -> is(content, EventType.RUNTIME)).toList());
  }

  private static Optional<Boolean> secureBoot(EventContent content) {
    return content
        .variable()
        .filter(_ -> is(content, EventType.VARIABLE) && content.event().register() == 0)
        .filter(variable -> variable.name().equals("SecureBoot"))
        .map(variable -> variable.value().length() == 1 && variable.value().u8(0) == 1);
  }

  private static boolean is(EventContent content, EventType type) {
    return content.event().type() == type.number();
  }
}
