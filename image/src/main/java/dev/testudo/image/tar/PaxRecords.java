package dev.testudo.image.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The records of an extended header (pax(1)): `LENGTH KEY=VALUE\n`. Values are bytes, because
/// those of extended attributes are.
final class PaxRecords {
  static final PaxRecords NONE = new PaxRecords(Map.of());

  private static final String XATTR = "SCHILY.xattr.";

  /// The most bytes of a value of an extended attribute: the kernel's limit.
  private static final int MAX_XATTR = 65_536;

  private static final int MAX_XATTRS = 256;

  private final Map<String, byte[]> records;

  private PaxRecords(Map<String, byte[]> records) {
    this.records = records;
  }

  static PaxRecords parse(byte[] content) throws TarException {
    var records = new HashMap<String, byte[]>();
    for (var at = 0; at < content.length; ) {
      var space = at;
      var length = 0;
      for (; space < content.length && content[space] != ' '; space++) {
        var digit = content[space] - '0';
        if (digit < 0 || digit > 9 || length > content.length) {
          throw broken();
        }
        length = length * 10 + digit;
      }
      var end = at + length;
      if (space == at || end > content.length || end - 1 <= space || content[end - 1] != '\n') {
        throw broken();
      }
      record(records, Arrays.copyOfRange(content, space + 1, end - 1));
      at = end;
    }
    return new PaxRecords(records);
  }

  private static void record(Map<String, byte[]> records, byte[] record) throws TarException {
    var equals = 0;
    while (equals < record.length && record[equals] != '=') {
      equals++;
    }
    if (equals == 0 || equals == record.length) {
      throw broken();
    }
    var key = RawText.decode(Arrays.copyOf(record, equals));
    if (key.startsWith("GNU.sparse.")) {
      throw new TarException(
          TarException.Reason.UNSUPPORTED, "the archive contains a sparse file; write it whole");
    }
    records.put(key, Arrays.copyOfRange(record, equals + 1, record.length));
  }

  private static TarException broken() {
    return TarException.malformed("an extended header is malformed");
  }

  /// Returns a text; empty if it is not given, or deleted by an empty value.
  Optional<String> text(String key) throws TarException {
    var value = records.get(key);
    if (value == null || value.length == 0) {
      return Optional.empty();
    }
    for (var one : value) {
      if (one == 0) {
        throw TarException.malformed("`%s` of an extended header has a NUL".formatted(key));
      }
    }
    return Optional.of(RawText.decode(value));
  }

  /// Returns a number in decimal digits, without the part after a point, which times may have.
  Optional<Long> number(String key) throws TarException {
    var text = text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.get().matches("-?[0-9]{1,18}(\\.[0-9]*)?")) {
      throw TarException.malformed("`%s` of an extended header is not a number".formatted(key));
    }
    return Optional.of(Long.valueOf(text.get().replaceFirst("\\..*", "")));
  }

  /// Returns the extended attributes of the file, see [FileAttributes#xattrs].
  Map<String, String> xattrs() throws TarException {
    var xattrs = new TreeMap<String, String>();
    for (var record : records.entrySet()) {
      if (record.getKey().startsWith(XATTR)) {
        var name = record.getKey().substring(XATTR.length());
        var value = record.getValue();
        if (name.isEmpty() || name.length() > 255 || name.indexOf('\0') >= 0) {
          throw TarException.malformed("the name of an extended attribute is malformed");
        }
        if (value.length > MAX_XATTR || xattrs.size() == MAX_XATTRS) {
          throw new TarException(
              TarException.Reason.TOO_LARGE,
              "a file has more than %d extended attributes, or one of more than %d bytes"
                  .formatted(MAX_XATTRS, MAX_XATTR));
        }
        xattrs.put(name, HexFormat.of().formatHex(value));
      }
    }
    return xattrs;
  }

  /// Writes a record; its length counts its own digits.
  static byte[] record(String key, byte[] value) {
    var rest = (" " + key + "=").getBytes(StandardCharsets.UTF_8);
    var without = rest.length + value.length + 1;
    var length = without + 1;
    while (length != without + Integer.toString(length).length()) {
      length = without + Integer.toString(length).length();
    }
    var digits = Integer.toString(length).getBytes(StandardCharsets.US_ASCII);
    var record = Arrays.copyOf(digits, length);
    System.arraycopy(rest, 0, record, digits.length, rest.length);
    System.arraycopy(value, 0, record, digits.length + rest.length, value.length);
    record[length - 1] = '\n';
    return record;
  }

  /// Writes the record of an extended attribute.
  static byte[] xattr(String name, String hex) {
    return record(XATTR + name, HexFormat.of().parseHex(hex));
  }
}
