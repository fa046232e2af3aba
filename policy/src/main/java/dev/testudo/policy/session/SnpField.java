package dev.testudo.policy.session;

import dev.testudo.policy.evidence.SnpGuest;
import java.util.Arrays;
import java.util.List;

/// A value of a SEV-SNP guest that a policy can demand (`sev_snp`).
public enum SnpField {
  MEASUREMENT("measurement", 48, Distinguishes.MACHINE),
  HOST_DATA("host_data", 32, Distinguishes.SERVICE),
  DIGEST("digest", 48, Distinguishes.MACHINE),
  AUTHOR_DIGEST("author_digest", 48, Distinguishes.OTHER),
  IMAGE_ID("image_id", 16, Distinguishes.SERVICE),
  FAMILY_ID("family_id", 16, Distinguishes.OTHER);

  /// The fields whose keys are in `id_key`.
  public static final List<SnpField> OF_ID_KEY =
      List.of(DIGEST, AUTHOR_DIGEST, IMAGE_ID, FAMILY_ID);

  private final String key;
  private final int bytes;
  private final Distinguishes distinguishes;

  SnpField(String key, int bytes, Distinguishes distinguishes) {
    this.key = key;
    this.bytes = bytes;
    this.distinguishes = distinguishes;
  }

  /// Returns the key in `sev_snp`, or in `id_key`.
  public String key() {
    return key;
  }

  /// Returns the length of the value in hexadecimal digits.
  public int digits() {
    return 2 * bytes;
  }

  /// Returns what the value tells apart.
  public Distinguishes distinguishes() {
    return distinguishes;
  }

  /// Returns the value of a guest.
  public String of(SnpGuest guest) {
    return switch (this) {
      case MEASUREMENT -> guest.measurement();
      case HOST_DATA -> guest.hostData();
      case DIGEST -> guest.owner().idKeyDigest();
      case AUTHOR_DIGEST -> guest.owner().authorKeyDigest();
      case IMAGE_ID -> guest.owner().imageId();
      case FAMILY_ID -> guest.owner().familyId();
    };
  }

  /// Returns the fields whose key is in `sev_snp` itself.
  public static List<SnpField> direct() {
    return Arrays.stream(values()).filter(field -> !OF_ID_KEY.contains(field)).toList();
  }

  /// Returns the name in messages, such as `id_key digest`.
  @Override
  public String toString() {
    return OF_ID_KEY.contains(this) ? "id_key " + key : key;
  }
}
