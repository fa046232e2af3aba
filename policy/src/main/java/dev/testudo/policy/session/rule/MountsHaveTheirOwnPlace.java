package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.InjectionFile;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.ArrayList;
import java.util.List;

/// Checks that each volume has a place of its own in the file system of a service: nothing else is
/// in its folder, and its folder is not in something else.
public final class MountsHaveTheirOwnPlace {
  /// Folders whose files the kernel makes.
  private static final List<String> OF_THE_KERNEL = List.of("/proc", "/sys", "/dev");

  private MountsHaveTheirOwnPlace() {}

  static void check(Session session, Problems problems) {
    for (var image : session.images()) {
      var files = image.files().stream().map(InjectionFile::path).toList();
      check(image.mounts(), files, problems);
      session.services().stream()
          .filter(service -> service.image().filter(image::equals).isPresent())
          .forEach(service -> checkRegion(image, service, problems));
    }
  }

  private static void checkRegion(Image image, Service service, Problems problems) {
    var what = "the encrypted files of service `%s`".formatted(service.name());
    service.region().ifPresent(r -> refuse(image.mounts(), r.path(), what, problems));
  }

  /// Checks the volumes of one file system.
  ///
  /// @param files the paths of the files that are injected into it
  public static void check(List<Volume.Mount> mounts, List<String> files, Problems problems) {
    var seen = new ArrayList<Volume.Mount>();
    for (var mount : mounts) {
      checkPlace(mount, problems);
      for (var earlier : seen) {
        if (earlier.volume().name().equals(mount.volume().name())) {
          problems.add(twice(mount, earlier));
        } else if (isNested(mount.path(), earlier.path())) {
          var what = "volume `%s`".formatted(earlier.volume().name());
          problems.add(overlap(mount, what, earlier.path()));
        }
      }
      seen.add(mount);
    }
    files.forEach(file -> refuse(mounts, file, "an injected file", problems));
  }

  /// Reports a path that no volume can have.
  private static void checkPlace(Volume.Mount mount, Problems problems) {
    OF_THE_KERNEL.stream()
        .filter(folder -> isWithin(mount.path(), folder))
        .forEach(
            folder ->
                problems.add(
                    Diagnostic.error(
                            DiagnosticId.UNSUITABLE_PATH,
                            mount.span(),
                            "a volume cannot be in `%s`".formatted(folder))
                        .labelled("the kernel makes the files there")
                        .helped("choose another folder, such as `/data`")));
  }

  private static void refuse(
      List<Volume.Mount> mounts, String path, String what, Problems problems) {
    mounts.stream()
        .filter(mount -> isWithin(path, mount.path()) || isWithin(mount.path(), path))
        .forEach(mount -> problems.add(overlap(mount, what, path)));
  }

  private static Diagnostic twice(Volume.Mount mount, Volume.Mount earlier) {
    return Diagnostic.error(
            DiagnosticId.DUPLICATE_NAME,
            mount.span(),
            "the image shows volume `%s` twice".formatted(mount.volume().name()))
        .labelled("the second place")
        .helped("the first one is at " + earlier.span().place());
  }

  private static Diagnostic overlap(Volume.Mount mount, String what, String path) {
    return Diagnostic.error(
            DiagnosticId.OVERLAPPING_PATHS,
            mount.span(),
            "volume `%s` and %s overlap".formatted(mount.volume().name(), what))
        .labelled("the other one is at `%s`".formatted(path))
        .helped("choose folders of which none contains the other");
  }

  private static boolean isNested(String one, String other) {
    return !one.equals(other) && (isWithin(one, other) || isWithin(other, one));
  }

  /// Returns true if `path` is `folder` or in it.
  private static boolean isWithin(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }
}
