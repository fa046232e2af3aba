package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.manifest.GramineManifest.Enclave;
import dev.testudo.gramine.measure.EnclaveShape;
import dev.testudo.gramine.sigstruct.EnclaveIdentity;
import picocli.CommandLine.Option;

/// The options that say what an enclave is like.
final class EnclaveOptions {
  @Option(
      names = "--enclave-size",
      paramLabel = "SIZE",
      defaultValue = "1G",
      description = "The memory of the enclave, a power of two (default: 1G).")
  private String size = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "64",
      description = "The threads in the enclave, 4 to 1024, three of them Gramine's (default: 64).")
  private int threads;

  @Option(
      names = "--stack",
      paramLabel = "SIZE",
      defaultValue = "2M",
      description = "The stack of the program's first thread (default: 2M).")
  private String stack = "";

  @Option(
      names = "--edmm",
      description = "Adds memory while the enclave runs; for processors that can.")
  private boolean dynamicMemory;

  @Option(
      names = "--exinfo",
      description = "Tells the program the address of a memory fault, as Java and Go need it.")
  private boolean faultAddresses;

  @Option(
      names = "--subprocesses",
      description = "Lets the program start others, each in an enclave of its own.")
  private boolean subprocesses;

  @Option(
      names = "--isvprodid",
      paramLabel = "N",
      defaultValue = "0",
      description = "The number of the product, 0 to 65535 (default: 0).")
  private int product;

  @Option(
      names = "--isvsvn",
      paramLabel = "N",
      defaultValue = "0",
      description = "The number of its security version, 0 to 65535 (default: 0).")
  private int version;

  /// Returns what the options say.
  ///
  /// @throws CommandFailed if no enclave is like that
  Enclave enclave() throws CommandFailed {
    try {
      var shape = EnclaveShape.of(size, threads, dynamicMemory);
      if (EnclaveShape.bytes(stack) >= shape.bytes()) {
        throw CommandFailed.usage("`--stack`: it is larger than the enclave");
      }
      return new Enclave(
          shape,
          stack,
          faultAddresses,
          subprocesses,
          number("--isvprodid", product),
          number("--isvsvn", version));
    } catch (GramineException e) {
      throw CommandFailed.usage(String.valueOf(e.getMessage()));
    }
  }

  private static int number(String option, int number) throws CommandFailed {
    if (number < 0 || number > EnclaveIdentity.MOST) {
      throw CommandFailed.usage("`%s` takes 0 to %d".formatted(option, EnclaveIdentity.MOST));
    }
    return number;
  }
}
