package dev.testudo.agent.attest.tpm;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// The commands of a TPM 2.0 that evidence needs: reading NV memory, making keys, opening a
/// credential, and a quote over the registers of SHA-256. Keys, indices and hierarchies have empty
/// passwords.
///
/// Source: TCG, Trusted Platform Module Library, part 3.
public final class Tpm implements AutoCloseable {
  /// `TPM_RH_OWNER`.
  private static final int OWNER = 0x4000_0001;

  /// `TPM_RH_ENDORSEMENT`, the hierarchy of the keys that name a TPM.
  static final int ENDORSEMENT = 0x4000_000b;

  /// `TPM_RH_NULL`.
  private static final int NOTHING = 0x4000_0007;

  private static final int CREATE_PRIMARY = 0x131;
  private static final int ACTIVATE_CREDENTIAL = 0x147;
  private static final int POLICY_SECRET = 0x151;
  private static final int START_AUTH_SESSION = 0x176;
  private static final int NV_READ_PUBLIC = 0x169;
  private static final int NV_READ = 0x14e;
  private static final int QUOTE = 0x158;
  private static final int PCR_READ = 0x17e;

  private static final int OWNER_READS = 1 << 17;
  private static final int SHA256 = 0x000b;
  private static final int RSASSA = 0x0014;
  private static final int ECDSA = 0x0018;
  private static final int POLICY_SESSION = 1;
  private static final int NONCE_SIZE = 16;
  private static final int COORDINATE = 32;

  /// `TPM_ALG_NULL`: the key's own scheme.
  private static final int OWN_SCHEME = 0x0010;

  /// The most bytes of one read of NV memory that every TPM for PCs permits.
  private static final int MOST_PER_READ = 512;

  private static final int REGISTERS = 24;
  private static final int HASH_SIZE = 32;

  /// How often a quote is repeated because a register changed meanwhile.
  private static final int MOST_QUOTES = 3;

  private final TpmTransport transport;

  /// @param transport is closed with this object
  public Tpm(TpmTransport transport) {
    this.transport = transport;
  }

  /// Reads a whole index of NV memory. Returns empty if there is none.
  ///
  /// @param limit the most bytes
  /// @throws IOException if it has more
  public Optional<byte[]> read(int index, int limit) throws IOException {
    var found = look(index);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    int size = found.get().size();
    if (size > limit) {
      throw new IOException(
          "NV index %#x of the TPM has %d bytes, more than %d".formatted(index, size, limit));
    }
    int authority = (found.get().attributes() & OWNER_READS) != 0 ? OWNER : index;
    var all = new ByteArrayOutputStream(size);
    while (all.size() < size) {
      int wanted = Math.min(MOST_PER_READ, size - all.size());
      var part = part(authority, index, wanted, all.size());
      all.writeBytes(part);
    }
    return Optional.of(all.toByteArray());
  }

  /// What `TPMS_NV_PUBLIC` says.
  private record Index(int attributes, int size) {}

  private Optional<Index> look(int index) throws IOException {
    try {
      var response = new TpmCommand("NV_ReadPublic", NV_READ_PUBLIC).u32(index).send(transport);
      response.u16(); // the size of what follows
      if ((int) response.u32() != index) {
        throw response.wrong("it is about another index");
      }
      response.u16(); // the algorithm of the name
      int attributes = (int) response.u32();
      response.sized(); // the policy
      return Optional.of(new Index(attributes, response.u16()));
    } catch (TpmException e) {
      if (e.isAbsent()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private byte[] part(int authority, int index, int size, int offset) throws IOException {
    var response =
        new TpmCommand("NV_Read", NV_READ)
            .u32(authority)
            .u32(index)
            .emptyPassword()
            .u16(size)
            .u16(offset)
            .send(transport);
    var part = response.sized();
    if (part.length != size) {
      throw response.wrong("%d bytes instead of %d".formatted(part.length, size));
    }
    return part;
  }

  /// A key that the TPM has loaded.
  ///
  /// @param publicArea TPMT_PUBLIC
  record Key(int handle, Octets publicArea) {}

  /// Makes a primary key: the same from the same template each time.
  ///
  /// @param template TPMT_PUBLIC
  Key createPrimary(int hierarchy, byte[] template) throws IOException {
    var response =
        new TpmCommand("CreatePrimary", CREATE_PRIMARY)
            .u32(hierarchy)
            .emptyPassword()
            .u16(4) // no password, no data
            .u32(0)
            .sized(template)
            .u16(0)
            .u32(0)
            .withHandle()
            .send(transport);
    return new Key(response.handle(), Octets.of(response.sized()));
  }

  /// Opens a credential (TPM 2.0, part 1, section 24). The policy of endorsement keys asks for the
  /// password of their hierarchy.
  ///
  /// @param blob TPMS_ID_OBJECT
  /// @param secret the encrypted seed
  Octets activate(Key attestation, Key endorsement, Octets blob, Octets secret) throws IOException {
    var session = policySession();
    new TpmCommand("PolicySecret", POLICY_SECRET)
        .u32(ENDORSEMENT)
        .u32(session)
        .emptyPassword()
        .u16(0)
        .u16(0)
        .u16(0)
        .u32(0)
        .send(transport);
    var response =
        new TpmCommand("ActivateCredential", ACTIVATE_CREDENTIAL)
            .u32(attestation.handle())
            .u32(endorsement.handle())
            .emptyPasswordAnd(session)
            .sized(blob.toBytes())
            .sized(secret.toBytes())
            .send(transport);
    return Octets.of(response.sized());
  }

  /// Starts a session that ends with its first use. Nothing in it is secret, so the nonce need not
  /// be random.
  private int policySession() throws IOException {
    return new TpmCommand("StartAuthSession", START_AUTH_SESSION)
        .u32(NOTHING)
        .u32(NOTHING)
        .sized(new byte[NONCE_SIZE])
        .u16(0)
        .bytes((byte) POLICY_SESSION)
        .u16(OWN_SCHEME)
        .u16(SHA256)
        .withHandle()
        .send(transport)
        .handle();
  }

  /// Lets `key` sign a quote over all 24 registers of SHA-256.
  ///
  /// @param key the handle of an RSA key that signs with RSASSA, or of one on P-256 that signs with
  ///     ECDSA; each with SHA-256
  /// @param qualifyingData is signed with it
  /// @throws IOException if the registers changed while they were read, each time
  public Evidence.TpmQuote quote(int key, byte[] qualifyingData) throws IOException {
    for (var attempt = 0; attempt < MOST_QUOTES; attempt++) {
      var quote = quoteOnce(key, qualifyingData);
      var pcrs = registers();
      if (isOver(quote.attest(), pcrs)) {
        return new Evidence.TpmQuote(quote.attest(), quote.signature(), Octets.of(pcrs));
      }
    }
    throw new IOException(
        "the registers of the TPM changed during each of %d quotes".formatted(MOST_QUOTES));
  }

  private record Signed(Octets attest, Octets signature) {}

  private Signed quoteOnce(int key, byte[] qualifyingData) throws IOException {
    var command =
        new TpmCommand("Quote", QUOTE)
            .u32(key)
            .emptyPassword()
            .sized(qualifyingData)
            .u16(OWN_SCHEME);
    var response = selection(command, 0, REGISTERS).send(transport);
    var attest = response.sized();
    int scheme = response.u16();
    int hash = response.u16();
    if ((scheme != RSASSA && scheme != ECDSA) || hash != SHA256) {
      throw response.wrong(
          "the key signs with scheme %#x and hash %#x, not RSASSA or ECDSA, and SHA-256"
              .formatted(scheme, hash));
    }
    var signature = scheme == RSASSA ? response.sized() : coordinates(response);
    return new Signed(Octets.of(attest), Octets.of(signature));
  }

  /// Reads r and s, each without leading zeros in some TPMs, and returns both in full length.
  private static byte[] coordinates(TpmResponse response) throws IOException {
    var signature = new byte[2 * COORDINATE];
    for (var end = COORDINATE; end <= signature.length; end += COORDINATE) {
      var part = response.sized();
      if (part.length > COORDINATE) {
        throw response.wrong("the key is not on P-256");
      }
      System.arraycopy(part, 0, signature, end - part.length, part.length);
    }
    return signature;
  }

  /// Appends `TPML_PCR_SELECTION`: `count` registers of SHA-256 from `first` on.
  private static TpmCommand selection(TpmCommand command, int first, int count) {
    var bitmap = new byte[REGISTERS / 8];
    for (var register = first; register < first + count; register++) {
      bitmap[register / 8] |= (byte) (1 << register % 8);
    }
    return command.u32(1).u16(SHA256).bytes((byte) bitmap.length).bytes(bitmap);
  }

  /// Reads all registers, eight at a time, which is what one response has room for.
  private byte[] registers() throws IOException {
    var all = new ByteArrayOutputStream(REGISTERS * HASH_SIZE);
    for (var first = 0; first < REGISTERS; first += 8) {
      var response = selection(new TpmCommand("PCR_Read", PCR_READ), first, 8).send(transport);
      response.u32(); // how often registers have changed
      response.bytes(4 + 2 + 1 + REGISTERS / 8); // the selection
      if (response.u32() != 8) {
        throw response.wrong("the TPM has not 24 registers of SHA-256");
      }
      for (var register = 0; register < 8; register++) {
        var value = response.sized();
        if (value.length != HASH_SIZE) {
          throw response.wrong("a register has %d bytes".formatted(value.length));
        }
        all.writeBytes(value);
      }
    }
    return all.toByteArray();
  }

  /// Returns whether a quote is over these values: it ends with the hash of them.
  private static boolean isOver(Octets attest, byte[] pcrs) {
    if (attest.length() < HASH_SIZE) {
      return false;
    }
    var digest = attest.slice(attest.length() - HASH_SIZE, HASH_SIZE).toBytes();
    return Arrays.equals(digest, Measurement.sha256().digest(pcrs));
  }

  @Override
  public void close() throws IOException {
    transport.close();
  }
}
