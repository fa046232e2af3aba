package dev.testudo.agent.view;

import java.io.IOException;
import java.io.Serial;

/// Thrown when the files of image and policy cannot be placed over this machine's. The message says
/// which and why.
public final class ViewException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ViewException(String message) {
    super(message);
  }

  ViewException(String message, IOException cause) {
    super(message, cause);
  }
}
