package dev.testudo.trust.pki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.PkiException.Fault;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PemTest {
  private static final byte[] DER = {0x30, 3, 2, 1, 5};

  @Test
  void readsWhatItWrote() throws PkiException {
    var read = Pem.read(Pem.write("CERTIFICATE", DER)).getFirst();
    assertEquals("CERTIFICATE", read.label());
    assertArrayEquals(DER, read.der());
    assertEquals(0, read.offset());
  }

  @Test
  void endsWithANewlineSoThatBlocksCanBePutSideBySide() throws PkiException {
    var text = Pem.write("PRIVATE KEY", DER) + Pem.write("CERTIFICATE", DER);
    assertEquals("-----END CERTIFICATE-----", text.lines().toList().getLast());
    assertEquals('\n', text.charAt(text.length() - 1));
    assertEquals(List.of("PRIVATE KEY", "CERTIFICATE"), labels(text));
  }

  @Test
  void linesAreNoLongerThan64() {
    Pem.write("X", new byte[1000]).lines().forEach(line -> assertTrue(line.length() <= 64, line));
  }

  @Test
  void readsBlocksThatTouchEachOther() throws PkiException {
    var text = Pem.write("PRIVATE KEY", DER).strip() + Pem.write("CERTIFICATE", DER);
    assertEquals(List.of("PRIVATE KEY", "CERTIFICATE"), labels(text));
  }

  @Test
  void readsABlockWhoseLinesWereFolded() throws PkiException {
    var text = Pem.write("CERTIFICATE", new byte[200]).replace('\n', ' ');
    assertEquals(200, Pem.read(text).getFirst().der().length);
  }

  @Test
  void readsWindowsLineEndsAndWordsBetweenBlocks() throws PkiException {
    var text =
        "subject=x\r\n"
            + Pem.write("A", DER).replace("\n", "\r\n")
            + "issuer\n"
            + Pem.write("B", DER);
    assertEquals(List.of("A", "B"), labels(text));
  }

  @Test
  void findsNoBlockInOtherText() throws PkiException {
    assertEquals(List.of(), Pem.read("just words ----- and dashes"));
  }

  private static PkiException assertRefused(Fault fault, String text) {
    var problem = assertThrows(PkiException.class, () -> Pem.read(text), text);
    assertEquals(fault, problem.fault(), problem.getMessage());
    return problem;
  }

  @Test
  void namesThePlaceOfAMistake() {
    var text = "x\n" + Pem.write("A", DER).replace("MAMC", "MA!C");
    var problem = assertRefused(Fault.NO_PEM, text);
    assertEquals(text.indexOf('!'), problem.offset().orElseThrow());
  }

  @Test
  void refusesBlocksThatAreNotWhole() {
    var good = Pem.write("CERTIFICATE", DER);
    for (var text :
        List.of(
            good.replace("-----END CERTIFICATE-----", ""),
            good.replace("-----END CERTIFICATE-----", "-----END CERTIFICATE----"),
            good.replace("END CERTIFICATE", "END PRIVATE KEY"),
            good.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE"),
            good.replace("MAMCAQU=", ""),
            good.replace("MAMCAQU=", "MAMCAQU" + "==="),
            good.replace("MAMCAQU=", "M"),
            good.replace("\nMAMC", "\nProc-Type: 4,ENCRYPTED\nMAMC"))) {
      assertRefused(Fault.NO_PEM, text);
    }
  }

  @Test
  void refusesTextsWithoutEnd() {
    assertRefused(Fault.TOO_LONG, "x".repeat(Pem.MAX_LENGTH + 1));
    assertRefused(Fault.TOO_LONG, Pem.write("A", DER).repeat(Pem.MAX_BLOCKS + 1));
  }

  @Test
  void mistakesDoNotQuoteTheKey() {
    var key = "c2VjcmV0c2VjcmV0";
    var text = "-----BEGIN PRIVATE KEY-----\n" + key + "~\n-----END PRIVATE KEY-----";
    var problem = assertRefused(Fault.NO_PEM, text);
    assertFalse(String.valueOf(problem.getMessage()).contains(key));
  }

  @Test
  void survivesWhateverItIsGiven() {
    var seed = Long.getLong("seed", 42);
    var random = new Random(seed);
    var good = Pem.write("CERTIFICATE", new byte[80]) + Pem.write("PRIVATE KEY", DER);
    for (var i = 0; i < 2000; i++) {
      var text = new StringBuilder(good);
      for (var n = random.nextInt(4); n >= 0; n--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(128));
      }
      try {
        Pem.read(text.substring(0, random.nextInt(text.length())));
      } catch (PkiException e) {
        assertTrue(e.offset().isEmpty() || e.offset().getAsInt() <= text.length(), "seed " + seed);
      }
    }
  }

  private static List<String> labels(String text) throws PkiException {
    return Pem.read(text).stream().map(PemBlock::label).toList();
  }
}
