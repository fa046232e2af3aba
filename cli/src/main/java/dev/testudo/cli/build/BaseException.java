package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.layout.ImageLocation;
import java.io.IOException;
import java.io.Serial;

/// The base of an image cannot be read.
public final class BaseException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  BaseException(ImageLocation base, IOException cause) {
    super("cannot read the base %s: %s".formatted(base, CommandFailed.reason(cause)), cause);
  }
}
