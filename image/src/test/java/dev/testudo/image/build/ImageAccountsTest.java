package dev.testudo.image.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.image.build.ImageAccounts.Lookup;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageAccountsTest {
  private static final ImageAccounts ACCOUNTS =
      ImageAccounts.of(
          """
          root:x:0:0:root:/root:/bin/sh
          # a comment
          broken:x:7
          huge:x:2147483648:1::/:
          4:x:5:5::/:
          postgres:x:70:71:PostgreSQL,,,:/var/lib/postgresql:/bin/sh
          postgres:x:72:72:a second line of the same name::
          """,
          "root:x:0:\nwheel:x:10:root,postgres\nbroken\n");

  @ParameterizedTest
  @CsvSource({
    "root, 0:0",
    "postgres, 70:71",
    "70, 70:71",
    "postgres:wheel, 70:10",
    "postgres:0, 70:0",
    "70:99, 70:99",
    "1000, 1000:0",
    "2147483647:2147483647, 2147483647:2147483647",
    "4, 4:0",
  })
  void namesAndNumbersBecomeNumbers(String text, String expected) {
    var found = assertInstanceOf(Lookup.Found.class, ACCOUNTS.find(text));
    assertEquals(expected, found.user().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "postgres:",
        ":wheel",
        "a:b:c",
        "nobody",
        "broken",
        "huge",
        "2147483648",
        "-1",
        "+7",
        "postgres:postgres",
        "Postgres",
        "x\u001b[1m"
      })
  void whatNoLineOfTheFilesDescribesIsUnknown(String text) {
    var unknown = assertInstanceOf(Lookup.Unknown.class, ACCOUNTS.find(text));
    assertEquals(0, unknown.reason().chars().filter(Character::isISOControl).count());
  }

  @Test
  void anImageWithoutTheFilesHasUsersByNumberOnly() {
    var none = ImageAccounts.of("", "");
    assertEquals(new Lookup.Found(new ImageUser(65532, 65532)), none.find("65532:65532"));
    assertInstanceOf(Lookup.Unknown.class, none.find("root"));
    assertEquals(Optional.empty(), none.name(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "root", "00", "0:5", "root:wheel", ":5"})
  void rootIsRecognized(String user) {
    assertEquals(true, ImageUser.isRoot(user));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "redis", "10:0", "07"})
  void othersAreNotRoot(String user) {
    assertEquals(false, ImageUser.isRoot(user));
  }
}
