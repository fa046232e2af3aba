package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.regex.Pattern;

/// A lease of a volume: the right of one mount to change it, for a limited time. It is of no use
/// without the key of the instance that claimed it.
///
/// @param mount the mount, as its agent names it: 32 lower-case hexadecimal digits, drawn anew for
///     each mount
/// @param fence the number of the lease. A later lease of the same volume has a greater one.
public record VolumeLease(VolumeRef volume, String mount, long fence) {
  private static final Pattern MOUNT = Pattern.compile("[0-9a-f]{32}");

  /// Returns true if `text` may name a mount.
  public static boolean isMount(String text) {
    return MOUNT.matcher(text).matches();
  }

  JsonBuilder put(JsonBuilder json) {
    return volume.put(json).put("mount", mount).put("fence", fence);
  }

  static VolumeLease take(JsonMembers fields) throws MessageException {
    var volume = VolumeRef.take(fields);
    return new VolumeLease(volume, takeMount(fields), fields.natural("fence"));
  }

  static String takeMount(JsonMembers fields) throws MessageException {
    var mount = fields.text("mount");
    if (!isMount(mount)) {
      throw fields.wrong("mount", "32 hexadecimal digits");
    }
    return mount;
  }

  JsonValue json() {
    return put(new JsonBuilder()).build();
  }

  static VolumeLease read(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "lease");
    var lease = take(fields);
    fields.done();
    return lease;
  }
}
