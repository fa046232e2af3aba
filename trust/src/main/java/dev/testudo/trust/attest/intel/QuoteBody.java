package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;

/// What a quote says about a program.
sealed interface QuoteBody {
  int ENCLAVE_BYTES = 384;
  int TD_BYTES = 584;
  int TD_15_BYTES = 648;
  int TD_15_EXTENDED_BYTES = 885;

  int ENCLAVE_TYPE = 1;
  int TD_TYPE = 2;
  int TD_15_TYPE = 3;
  int TD_15_EXTENDED_TYPE = 4;

  /// Returns the number with which quotes of version 5 name the kind of body.
  int type();

  /// Returns the bytes as they were signed.
  Octets bytes();

  /// Returns the 64 bytes that the program chose.
  Octets reportData();

  /// Reads the body that follows the header.
  static QuoteBody read(QuoteHeader header, QuoteReader in) throws EvidenceException {
    if (header.version() < 5) {
      return switch (header.tee()) {
        case SGX -> new Enclave(in.take(ENCLAVE_BYTES, "the enclave report"));
        case TDX -> new Domain(in.take(TD_BYTES, "the TD report"));
      };
    }
    var type = in.u16("the type of the body");
    var size = in.u32("the size of the body");
    var body = in.take(size, "the body");
    return switch (type) {
      case ENCLAVE_TYPE -> new Enclave(check(header, Tee.SGX, body, ENCLAVE_BYTES, type));
      case TD_TYPE -> new Domain(check(header, Tee.TDX, body, TD_BYTES, type));
      case TD_15_TYPE -> new Domain(check(header, Tee.TDX, body, TD_15_BYTES, type));
      case TD_15_EXTENDED_TYPE -> {
        check(header, Tee.TDX, body, TD_15_EXTENDED_BYTES, type);
        throw QuoteReader.unsupported(
            "the body is an extended TD 1.5 report (type 4), which is not supported yet");
      }
      default ->
          throw QuoteReader.unsupported(
              "the body has type %d; types 1, 2 and 3 are supported".formatted(type));
    };
  }

  private static Octets check(QuoteHeader header, Tee tee, Octets body, int bytes, int type)
      throws EvidenceException {
    if (header.tee() != tee) {
      throw QuoteReader.malformed(
          "a body of type %d is of %s, but the header says %s".formatted(type, tee, header.tee()));
    }
    if (body.length() != bytes) {
      throw QuoteReader.malformed(
          "a body of type %d has %d bytes, not %d".formatted(type, bytes, body.length()));
    }
    return body;
  }

  /// The report of an SGX enclave (REPORT, without its MAC), 384 bytes.
  record Enclave(Octets bytes) implements QuoteBody {
    @Override
    public int type() {
      return ENCLAVE_TYPE;
    }

    Octets cpuSvn() {
      return bytes.slice(0, 16);
    }

    Octets miscSelect() {
      return bytes.slice(16, 4);
    }

    Octets extendedProductId() {
      return bytes.slice(32, 16);
    }

    Octets attributes() {
      return bytes.slice(48, 16);
    }

    /// Returns whether the enclave is in debug mode (bit 1 of ATTRIBUTES).
    boolean debug() {
      return (bytes.u8(48) & 2) != 0;
    }

    Octets mrEnclave() {
      return bytes.slice(64, 32);
    }

    Octets mrSigner() {
      return bytes.slice(128, 32);
    }

    Octets configId() {
      return bytes.slice(192, 64);
    }

    int productId() {
      return bytes.u16(256);
    }

    int svn() {
      return bytes.u16(258);
    }

    int configSvn() {
      return bytes.u16(260);
    }

    Octets familyId() {
      return bytes.slice(304, 16);
    }

    @Override
    public Octets reportData() {
      return bytes.slice(320, 64);
    }
  }

  /// The report of a TDX trust domain: 584 bytes, in version 1.5 648.
  record Domain(Octets bytes) implements QuoteBody {
    @Override
    public int type() {
      return is15() ? TD_15_TYPE : TD_TYPE;
    }

    Octets teeTcbSvn() {
      return bytes.slice(0, 16);
    }

    Octets mrSeam() {
      return bytes.slice(16, 48);
    }

    Octets mrSignerSeam() {
      return bytes.slice(64, 48);
    }

    Octets seamAttributes() {
      return bytes.slice(112, 8);
    }

    Octets tdAttributes() {
      return bytes.slice(120, 8);
    }

    Octets xfam() {
      return bytes.slice(128, 8);
    }

    Octets mrTd() {
      return bytes.slice(136, 48);
    }

    Octets mrConfigId() {
      return bytes.slice(184, 48);
    }

    Octets mrOwner() {
      return bytes.slice(232, 48);
    }

    Octets mrOwnerConfig() {
      return bytes.slice(280, 48);
    }

    /// Returns a register, 0 to 3.
    Octets rtmr(int index) {
      return bytes.slice(328 + 48 * index, 48);
    }

    @Override
    public Octets reportData() {
      return bytes.slice(520, 64);
    }

    /// Returns whether the report is of version 1.5 and says which TDX module runs now.
    boolean is15() {
      return bytes.length() == TD_15_BYTES;
    }

    /// Returns the version of the TDX module that runs now. Only in version 1.5.
    Octets teeTcbSvn2() {
      return bytes.slice(584, 16);
    }

    /// Returns the measurement of the service domains; zeros before version 1.5.
    Octets mrServiceTd() {
      return is15() ? bytes.slice(600, 48) : Octets.of(new byte[48]);
    }
  }
}
