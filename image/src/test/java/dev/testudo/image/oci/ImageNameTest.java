package dev.testudo.image.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.image.oci.ImageNameReading.Mistake;
import dev.testudo.image.oci.ImageNameReading.Read;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "redis, docker.io/library/redis:latest",
    "redis:7, docker.io/library/redis:7",
    "index.docker.io/redis, docker.io/library/redis:latest",
    "bitnami/redis, docker.io/bitnami/redis:latest",
    "localhost/redis, localhost/redis:latest",
    "localhost:5000/a/b__c/d.e-f:v1.2_3, localhost:5000/a/b__c/d.e-f:v1.2_3",
    "[::1]:5000/a, '[::1]:5000/a:latest'",
    "Host/a, Host/a:latest",
    "127.0.0.1:80/a---b, 127.0.0.1:80/a---b:latest",
  })
  void shortNamesMeanWhatTheyMeanToDocker(String text, String full) {
    assertEquals(full, ImageName.parse(text).orElseThrow().toString());
  }

  @Test
  void aDigestNeedsNoTagAndDecidesBesideOne() {
    var name = ImageName.parse("quay.io/a/b@" + DIGEST).orElseThrow();
    assertEquals("quay.io/a/b@" + DIGEST, name.toString());
    var both = ImageName.parse("quay.io/a/b:7@" + DIGEST).orElseThrow();
    assertEquals("quay.io/a/b:7@" + DIGEST, both.toString());
    assertEquals(DIGEST, both.reference().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "Redis, 0",
    "a.b/C, 4",
    "a.b/c/-d, 6",
    "a.b/c/d_, 6",
    "a.b/c//d, 6",
    "a.b/c/, 6",
    "a.b/c/a___b, 6",
    "a.b/c:, 6",
    "a.b/c:.x, 6",
    "a.b/c@sha256:ab, 6",
    "-a.b/c, 0",
    "a..b/c, 0",
    "a.b:port/c, 0",
  })
  void aMistakeIsLocated(String text, int at) {
    switch (ImageName.read(text)) {
      case Mistake mistake -> assertEquals(at, mistake.at(), mistake.message());
      case Read read -> throw new AssertionError(read.toString());
    }
  }

  @Test
  void aDigestOfUpperCaseOrAnotherLengthIsRefused() {
    assertEquals(
        Digest.of(new byte[0]).toString(),
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (var text :
        new String[] {"sha256:" + "AB".repeat(32), "sha512:" + "ab".repeat(32), "md5:ab"}) {
      assertEquals(true, Digest.parse(text).isEmpty(), text);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000})
  void aLongNameIsRefusedAtOnce(int length) {
    assertEquals(true, ImageName.parse("a".repeat(length)).isEmpty());
    assertEquals(true, ImageName.parse("a-".repeat(500)).isEmpty());
  }
}
