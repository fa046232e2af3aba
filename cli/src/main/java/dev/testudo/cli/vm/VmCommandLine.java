package dev.testudo.cli.vm;

import dev.testudo.vm.VmException;
import dev.testudo.vm.measure.UkiParts;
import java.util.ArrayList;
import java.util.List;

/// The command line of a VM image's kernel. It is measured. What follows `--` are the arguments of
/// process 1, the agent.
final class VmCommandLine {
  /// The options of the kernel, and why:
  ///
  /// - `console`: the serial line is the only output
  /// - `loglevel`: the kernel prints errors only
  /// - `panic`, `oops`: a kernel that failed, or whose process 1 ended, restarts the machine
  /// - `lockdown`, `module.sig_enforce`: not even root reads the memory of the kernel or changes it
  private static final List<String> KERNEL =
      List.of(
          "console=ttyS0",
          "loglevel=4",
          "panic=-1",
          "oops=panic",
          "lockdown=confidentiality",
          "module.sig_enforce=1");

  /// The most arguments of process 1, as in the kernel (`CONFIG_INIT_ENV_ARG_LIMIT`).
  private static final int MOST_ARGUMENTS = 32;

  private VmCommandLine() {}

  /// Returns the command line.
  ///
  /// @param processOne the program of process 1, and its arguments
  /// @throws VmException if an argument has characters that the kernel changes, or there are too
  ///     many
  static String of(List<String> processOne) throws VmException {
    for (var argument : processOne) {
      if (!argument.matches("[!-~&&[^\"'\\\\]]+")) {
        throw VmException.unsupported(
            "`%s` cannot be on the command line of a kernel: it may have no spaces, quotes and"
                    .formatted(argument)
                + " characters outside of ASCII");
      }
    }
    if (processOne.size() > MOST_ARGUMENTS) {
      throw VmException.tooLarge(
          "the agent gets %d arguments; a kernel takes %d"
              .formatted(processOne.size(), MOST_ARGUMENTS));
    }
    var words = new ArrayList<>(KERNEL);
    words.add("rdinit=" + processOne.getFirst());
    words.add("--");
    words.addAll(processOne.subList(1, processOne.size()));
    var line = String.join(" ", words);
    if (line.length() >= UkiParts.MOST_COMMAND_LINE) {
      throw VmException.tooLarge(
          "the command line of the kernel has %d characters; %d are the most"
              .formatted(line.length(), UkiParts.MOST_COMMAND_LINE - 1));
    }
    return line;
  }
}
