package dev.testudo.image.build.command;

import java.io.IOException;
import java.util.List;

/// A build has no layer, and has left nothing behind. The message is one line that says what
/// failed, where, why and what to do.
public final class BuildException extends IOException {
  private static final long serialVersionUID = 1;

  private final BuildFault fault;
  private final transient List<String> output;

  /// Creates an exception.
  ///
  /// @param output the last lines that the commands have written
  public BuildException(BuildFault fault, String message, List<String> output) {
    super(message);
    this.fault = fault;
    this.output = List.copyOf(output);
  }

  /// Returns why there is no layer.
  public BuildFault fault() {
    return fault;
  }

  /// Returns the last lines that the commands have written, at most [BuildLimits#shownLines]; see
  /// [BuildListener#output].
  public List<String> output() {
    return output;
  }
}
