package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The textual encoding of keys and certificates (RFC 7468). Reading tolerates the common
/// deviations of real files; writing is strict.
///
/// Accepted: text between blocks, any white space inside the base64 (including a PEM whose line
/// breaks were folded into spaces by YAML), and an `-----END X-----` directly followed by
/// `-----BEGIN Y-----`. Not accepted: encapsulated headers, as in encrypted OpenSSL keys.
public final class Pem {
  /// The longest text that is read, in UTF-16 code units.
  public static final int MAX_LENGTH = 1 << 20;

  /// The most blocks in one text.
  public static final int MAX_BLOCKS = 256;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  /// Returns the blocks of `text` in order. The list is empty if there are none.
  public static List<PemBlock> read(String text) throws PkiException {
    if (text.length() > MAX_LENGTH) {
      throw new PkiException(
          Fault.TOO_LONG, "the PEM text is longer than %d characters".formatted(MAX_LENGTH));
    }
    var blocks = new ArrayList<PemBlock>();
    var at = text.indexOf(BEGIN);
    while (at >= 0) {
      if (blocks.size() == MAX_BLOCKS) {
        throw new PkiException(
            Fault.TOO_LONG, "there are more than %d PEM blocks".formatted(MAX_BLOCKS), at);
      }
      var label = label(text, at);
      var bodyStart = at + BEGIN.length() + label.length() + DASHES.length();
      var bodyEnd = end(text, bodyStart, label, at);
      blocks.add(new PemBlock(label, decode(text, bodyStart, bodyEnd, label), at));
      at = text.indexOf(BEGIN, bodyEnd + END.length() + label.length() + DASHES.length());
    }
    return List.copyOf(blocks);
  }

  /// Returns one block with lines of 64 characters. It ends with a newline, so that blocks
  /// can be concatenated.
  public static String write(String label, byte[] der) {
    return BEGIN
        + label
        + DASHES
        + "\n"
        + LINES.encodeToString(der)
        + "\n"
        + END
        + label
        + DASHES
        + "\n";
  }

  private static String label(String text, int at) throws PkiException {
    var start = at + BEGIN.length();
    var end = text.indexOf(DASHES, start);
    var label = end < 0 ? "" : text.substring(start, end);
    if (label.isEmpty() || label.length() > 64 || !label.chars().allMatch(Pem::mayBeInLabel)) {
      throw new PkiException(
          Fault.NO_PEM, "`-----BEGIN` is not followed by a label and five dashes", at);
    }
    return label;
  }

  private static boolean mayBeInLabel(int c) {
    return c == ' ' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static int end(String text, int from, String label, int begin) throws PkiException {
    var end = text.indexOf(DASHES, from);
    if (end < 0) {
      throw new PkiException(
          Fault.NO_PEM, "the block `%s` has no `-----END %s-----`".formatted(label, label), begin);
    }
    if (!text.startsWith(END + label + DASHES, end)) {
      throw new PkiException(
          Fault.NO_PEM,
          "the block `%s` must end with `-----END %s-----`, written in full"
              .formatted(label, label),
          end);
    }
    return end;
  }

  private static byte[] decode(String text, int from, int to, String label) throws PkiException {
    var body = new StringBuilder(to - from);
    for (var i = from; i < to; i++) {
      var c = text.charAt(i);
      if (c == ':') {
        throw new PkiException(
            Fault.NO_PEM,
            "the block `%s` has headers; encrypted and legacy keys are not read".formatted(label),
            i);
      }
      if (!isSpace(c)) {
        if (!isBase64(c)) {
          throw new PkiException(
              Fault.NO_PEM, "the block `%s` is not base64 here".formatted(label), i);
        }
        body.append(c);
      }
    }
    try {
      var der = Base64.getDecoder().decode(body.toString());
      if (der.length == 0) {
        throw new PkiException(Fault.NO_PEM, "the block `%s` is empty".formatted(label), from);
      }
      return der;
    } catch (IllegalArgumentException e) {
      // Leave out the cause: the decoder's message may quote input, which may be a key.
      throw new PkiException(
          Fault.NO_PEM, "the base64 of block `%s` is cut off or damaged".formatted(label), from);
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private static boolean isBase64(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '=';
  }
}
