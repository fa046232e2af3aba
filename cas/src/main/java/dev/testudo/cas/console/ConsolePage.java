package dev.testudo.cas.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/// A file of the console's page. It contains no data.
public final class ConsolePage {
  private static final Map<String, ConsolePage> PAGES =
      Map.of(
          "/", read("index.html", "text/html"),
          "/console.css", read("console.css", "text/css"),
          "/console.js", read("console.js", "text/javascript"),
          "/dom.js", read("dom.js", "text/javascript"),
          "/volumes.js", read("volumes.js", "text/javascript"));

  private final String type;
  private final byte[] content;

  private ConsolePage(String type, byte[] content) {
    this.type = type;
    this.content = content;
  }

  /// Returns the media type.
  public String type() {
    return type;
  }

  /// Returns the content of the file.
  public byte[] content() {
    return content.clone();
  }

  /// Returns the file at `path`.
  public static Optional<ConsolePage> at(String path) {
    return Optional.ofNullable(PAGES.get(path));
  }

  private static ConsolePage read(String name, String type) {
    try (var in = ConsolePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing");
      }
      return new ConsolePage(type + ";charset=utf-8", in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
