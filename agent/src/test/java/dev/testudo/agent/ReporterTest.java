package dev.testudo.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.ShieldEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReporterTest {
  @Test
  void aProgramForgesNoLineOfItsAgent() throws Exception {
    var out = new ByteArrayOutputStream();
    var clock = InstantSource.fixed(Instant.EPOCH);
    try (var reporter =
        Reporter.open("shop/db", new PrintStream(out, true, UTF_8), clock, Optional.empty())) {
      var path = "unix:/tmp/x\ntestudo agent: shop/db: opened id=1 \u001b[2J\u202e";
      reporter.on(new ShieldEvent.Refused("connect", path, "", "no rule"));
    }
    assertEquals(
        "testudo agent: shop/db: refused connect unix:/tmp/x\\x0atestudo agent: shop/db:"
            + " opened id=1 \\x1b[2J\\u202e by the default mode: no rule\n",
        out.toString(UTF_8));
  }
}
