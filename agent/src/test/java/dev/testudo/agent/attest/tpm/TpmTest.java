package dev.testudo.agent.attest.tpm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.PublicKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Our encoder against a TPM that others wrote.
@Timeout(60)
class TpmTest {
  private static final int KEY = 0x8100_0003;
  private static final int INDEX = 0x0140_0001;
  private static final int OF_ITSELF = 0x0140_0002;
  private static final byte[] CONTENT = content();

  @TempDir private static Path directory;
  private static SoftwareTpm software;

  private static byte[] content() {
    var content = new byte[1700]; // several reads, the last one shorter
    for (var i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 7 + i / 256);
    }
    return content;
  }

  @BeforeAll
  static void setUp() throws Exception {
    software = SoftwareTpm.start(directory);
    software.attestationKey(directory, KEY);
    software.index(directory, INDEX, CONTENT, "ownerread|ownerwrite");
    software.index(directory, OF_ITSELF, new byte[] {1, 2, 3}, "authread|ownerwrite");
    var hash = "1111111111111111111111111111111111111111111111111111111111111111";
    software.run(directory, "tpm2_pcrextend", "8:sha256=" + hash);
  }

  @AfterAll
  static void stop() {
    software.close();
  }

  private interface Use {
    void of(Tpm tpm) throws Exception;
  }

  private static void with(Use use) throws Exception {
    try (var tpm = new Tpm(software.connect())) {
      use.of(tpm);
    }
  }

  @Test
  void readsAWholeIndexWithTheOwnersRightOrItsOwn() throws Exception {
    with(
        tpm -> {
          assertArrayEquals(CONTENT, tpm.read(INDEX, CONTENT.length).orElseThrow());
          assertArrayEquals(new byte[] {1, 2, 3}, tpm.read(OF_ITSELF, 3).orElseThrow());
        });
  }

  @Test
  void anIndexThatIsAbsentOrTooLargeIsNotRead() throws Exception {
    with(
        tpm -> {
          assertEquals(Optional.empty(), tpm.read(0x0140_0077, 100));
          assertThrows(IOException.class, () -> tpm.read(INDEX, CONTENT.length - 1));
        });
  }

  @Test
  void aQuoteIsSignedOverTheDataAndTheRegisters() throws Exception {
    var data = MessageDigest.getInstance("SHA-256").digest("nonce".getBytes(UTF_8));
    with(
        tpm -> {
          var quote = tpm.quote(KEY, data);
          var attest = quote.attest().toBytes();
          var signature = Signature.getInstance("SHA256withRSA");
          signature.initVerify(PublicKeys.fromPem(Files.readString(directory.resolve("key.pem"))));
          signature.update(attest);
          assertTrue(signature.verify(quote.signature().toBytes()));
          assertEquals(Octets.of(data), extraData(ByteBuffer.wrap(attest)));
          assertEquals(24 * 32, quote.pcrs().length());
          var digest = MessageDigest.getInstance("SHA-256").digest(quote.pcrs().toBytes());
          assertEquals(Octets.of(digest), quote.attest().slice(quote.attest().length() - 32, 32));
          assertFalse(quote.pcrs().slice(8 * 32, 32).isZero());
          assertTrue(quote.pcrs().slice(9 * 32, 32).isZero());
        });
  }

  /// TPMS_ATTEST: magic, type, the name of the key, extra data.
  private static Octets extraData(ByteBuffer attest) {
    assertEquals(0xff54_4347, attest.getInt());
    assertEquals((short) 0x8018, attest.getShort());
    attest.position(attest.position() + 2 + attest.getShort(attest.position()));
    var data = new byte[attest.getShort()];
    attest.get(data);
    return Octets.of(data);
  }

  @Test
  void dataThatTheTpmDoesNotTakeAndKeysThatItLacksAreRefused() throws Exception {
    with(
        tpm -> {
          assertThrows(TpmException.class, () -> tpm.quote(KEY, new byte[100]));
          var absent = assertThrows(TpmException.class, () -> tpm.quote(0x8100_0009, new byte[32]));
          assertTrue(absent.isAbsent());
          assertFalse(absent.mayPass());
        });
  }

  @Test
  void aBusyTpmIsTold() throws Exception {
    for (var code : List.of(0x908, 0x90a, 0x920, 0x922)) {
      assertTrue(new TpmException("Quote", code).mayPass());
      assertFalse(new TpmException("Quote", code).isAbsent());
    }
  }

  /// What a connection received.
  private static final class Recorded implements TpmTransport {
    private final TpmTransport real;
    private final List<byte[]> responses = new ArrayList<>();

    Recorded(TpmTransport real) {
      this.real = real;
    }

    @Override
    public byte[] exchange(byte[] command) throws IOException {
      responses.add(real.exchange(command));
      return responses.getLast();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }

  /// Answers with what was recorded, of which one response is damaged.
  private static final class Replayed implements TpmTransport {
    private final List<byte[]> responses;

    Replayed(List<byte[]> responses) {
      this.responses = new ArrayList<>(responses);
    }

    @Override
    public byte[] exchange(byte[] command) throws IOException {
      if (responses.isEmpty()) {
        throw new IOException("no more");
      }
      return responses.removeFirst();
    }

    @Override
    public void close() {}
  }

  @Test
  void damagedResponsesAreRefusedAndNothingElseHappens() throws Exception {
    var recorded = new Recorded(software.connect());
    try (var tpm = new Tpm(recorded)) {
      tpm.read(INDEX, CONTENT.length);
      tpm.quote(KEY, new byte[32]);
    }
    for (var damaged = 0; damaged < recorded.responses.size(); damaged++) {
      var response = recorded.responses.get(damaged);
      for (var length = 0; length < response.length; length++) {
        damage(recorded.responses, damaged, Arrays.copyOf(response, length), true);
        var flipped = response.clone();
        flipped[length] ^= (byte) 0xff;
        damage(recorded.responses, damaged, flipped, false);
      }
    }
  }

  /// A flipped byte may be one that is only passed on.
  private static void damage(List<byte[]> responses, int which, byte[] damaged, boolean fails)
      throws IOException {
    var all = new ArrayList<>(responses);
    all.set(which, damaged);
    try (var tpm = new Tpm(new Replayed(all))) {
      tpm.read(INDEX, CONTENT.length);
      tpm.quote(KEY, new byte[32]);
      assertFalse(fails);
    } catch (IOException e) {
      assertFalse(String.valueOf(e.getMessage()).isEmpty());
    }
  }
}
