package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Browsers, which consist of many processes.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BrowsersPrivilegedTest {
  private static final int SIZE = 3_000_000;
  private static final int FETCHES = 20;

  @Runs(
      program = "Chromium (headless, `--no-sandbox`), nginx",
      what =
          "a page whose script fetches 3 MB twenty times at once, compares their checksums and"
              + " uploads them again")
  @Tag("nightly")
  @ParameterizedTest
  @EnumSource
  void chromium(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      story.doingWithout("unix:/run/dbus/system_bus_socket");
      int port = story.port();
      var nginx = new Nginx(story.folder());
      var file = Content.random(story.folder().resolve("site/large"), SIZE);
      var page = Files.readString(java.nio.file.Path.of(Sources.script("page.html")));
      Files.writeString(story.folder().resolve("site/page.html"), page);
      story.program().serving(port).starts(nginx.server(port)).listensAt(port);
      var browser = story.program().reaching(port).with("HOME", story.folder().toString());
      var shown =
          browser.runs(
              "chromium-headless-shell",
              "--no-sandbox",
              "--disable-dev-shm-usage",
              "--user-data-dir=" + story.folder().resolve("profile"),
              "--virtual-time-budget=100000",
              "--timeout=200000",
              "--dump-dom",
              "http://127.0.0.1:%d/page.html".formatted(port));
      var expected = "fetched %d times, %s".formatted(FETCHES, Content.sha256(file));
      assertTrue(shown.contains(expected), shown);
      assertEquals(
          Content.sha256(file), Content.sha256(story.folder().resolve("site/stored/again")));
      story.carriedSoFar((long) FETCHES * SIZE);
    }
  }
}
