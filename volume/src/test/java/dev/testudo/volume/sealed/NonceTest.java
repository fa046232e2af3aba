package dev.testudo.volume.sealed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.format.Derived;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// No key and nonce ever encrypt two texts, whatever differs between two volumes.
class NonceTest {
  private static final String EXAMPLE =
      """
      8cef5532f9bb4504d6463728a936aa00
      85b2d2f186a26bc89b8902f295eca5c0.s0 2e8d6923f932616ea50d501386f293f36b71f7b180bb6eca8aef398ca2d8324e
      85b2d2f186a26bc89b8902f295eca5c0.j0 4feddde3a4bcd8230e6048f5b02721259803a30cb96450a0e665ace9cbc27d75
      testudo-volume 60f7c29d133334a43ebe109dcbb261e5da8474688364467a5572e26599a2b849\
      """;

  private static final String READABLE_EXAMPLE =
      """
      4afbd3e4c4fe85289075b5158ee2be70
      dae965f38ddd6711bc7b0d4a19ca8ab4.s0 ccb726fe6240cfb5bd08fa5d00fe03dfca2cb9bfe8c96fd53a5c427e11e60ff4
      dae965f38ddd6711bc7b0d4a19ca8ab4.j0 6407197291d61e34cd86287f953ccfe68283808ddae4b577ee2e21f2311eb770
      testudo-volume bce5b7c2283731221f1979f748856647f4b66ed79e84c0725f5c30c879c35dfa\
      """;

  /// What was encrypted under a key and a nonce.
  private final Map<String, String> ledger = new HashMap<>();

  private int encryptions;

  private void note(Secret key, byte[] nonce, byte[] associated, byte[] text) {
    encryptions++;
    var hex = HexFormat.of();
    var name = key.reveal(hex::formatHex) + hex.formatHex(nonce);
    var what = hex.formatHex(associated) + hash(text);
    var before = ledger.putIfAbsent(name, what);
    assertTrue(before == null || before.equals(what), "a nonce was used for two texts");
  }

  private static String hash(byte[] text) {
    return HexFormat.of().formatHex(Derived.sha256().digest(text));
  }

  @Test
  void noKeyAndNonceEncryptTwoTexts() throws IOException {
    var contents = List.of(Volumes.bytes(1, 20_000), Volumes.bytes(2, 20_000), new byte[20_000]);
    var volumes = new ArrayList<List<VolumeEntry>>();
    for (var content : contents) {
      var changed = content.clone();
      changed[19_999] ^= 1;
      volumes.add(List.of(Volumes.file("/f", 0444, content)));
      volumes.add(List.of(Volumes.file("/f", 0444, changed)));
      volumes.add(List.of(Volumes.file("/f", 0400, content)));
      volumes.add(List.of(Volumes.file("/g", 0444, content)));
      volumes.add(List.of(Volumes.file("/f", 0444, content), new VolumeEntry.Link("/l", "f")));
      volumes.add(List.of(Volumes.file("/f", 0444, content), new VolumeEntry.Link("/l", "g")));
      volumes.add(
          List.of(Volumes.file("/f", 0444, content), new VolumeEntry.Directory("/l", 0755)));
      volumes.add(
          List.of(Volumes.file("/f", 0444, content), new VolumeEntry.Directory("/l", 0700)));
      volumes.add(
          List.of(Volumes.file("/f", 0444, content), Volumes.file("/l", 0755, new byte[0])));
    }
    for (var key : List.of(1, 2)) {
      for (var volume : volumes) {
        Volumes.write(volume, key, this::note);
        Volumes.write(volume, key, this::note);
      }
    }
    assertEquals(2 * ledger.size(), encryptions, "each volume was written twice");
  }

  @Test
  void nothingIsEncryptedInAVolumeThatEverybodyMayRead() throws IOException {
    var files = List.<VolumeEntry>of(Volumes.file("/f", 0444, Volumes.bytes(1, 20_000)));
    VolumeWriter.write(
        files, VolumeProtection.AUTHENTICATED_ONLY, Volumes.key(1), Volumes.nowhere(), this::note);
    assertEquals(0, encryptions);
  }

  /// If this fails, the writer makes other bytes of the same entries. Change `ContentHash.LAYOUT`
  /// with them: otherwise the old and the new bytes have the same keys and nonces. The page
  /// docs/formats/volume.md has the same example.
  @Test
  void theBytesOfAVolumeChangeOnlyWithItsLayout() throws IOException {
    assertEquals(EXAMPLE, example(VolumeProtection.ENCRYPTED));
    assertEquals(READABLE_EXAMPLE, example(VolumeProtection.AUTHENTICATED_ONLY));
  }

  private static String example(VolumeProtection protection) throws IOException {
    var content = "secret text\n".getBytes(StandardCharsets.UTF_8);
    var written =
        Volumes.write(
            List.of(
                Volumes.file("/data/secret.txt", 0440, content),
                Volumes.file("/data/large.bin", 0444, new byte[10_000])),
            protection,
            7);
    var hashes = new ArrayList<String>();
    written.files().forEach((name, bytes) -> hashes.add(name + " " + hash(bytes)));
    return written.tag() + "\n" + String.join("\n", hashes);
  }
}
