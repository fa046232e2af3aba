package dev.testudo.agent.view;

import dev.testudo.trust.measure.ImageDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds what is mounted over files of a container's image. The agent measures what is mounted, so
/// such a mount changes the measurement. Whoever started the container usually did not expect that.
public final class MountedOver {
  /// The field of the mount point in a line of `/proc/PID/mountinfo`; see proc_pid_mountinfo(5).
  private static final int MOUNT_POINT = 4;

  private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

  private MountedOver() {}

  /// Returns the mount points of this container over what is measured as the image.
  public static List<String> image(ImageDescription image) throws IOException {
    return in(Files.readAllLines(Path.of("/proc/self/mountinfo")), image);
  }

  static List<String> in(List<String> mounts, ImageDescription image) {
    return mounts.stream()
        .map(line -> line.split(" ", MOUNT_POINT + 2))
        .filter(fields -> fields.length > MOUNT_POINT)
        .map(fields -> unescaped(fields[MOUNT_POINT]))
        .filter(path -> !path.equals("/") && isMeasured(path, image))
        .sorted()
        .distinct()
        .toList();
  }

  private static boolean isMeasured(String path, ImageDescription image) {
    return image.unmeasured().stream().noneMatch(top -> Paths.contains(top, path));
  }

  private static String unescaped(String field) {
    return ESCAPE
        .matcher(field)
        .replaceAll(
            code ->
                Matcher.quoteReplacement(Character.toString(Integer.parseInt(code.group(1), 8))));
  }
}
