package dev.testudo.image.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeContents;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.policy.source.Spelling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The users and groups of an image: its `/etc/passwd` and `/etc/group`. Lines that are not as
/// passwd(5) and group(5) say are skipped, as C libraries and container runtimes do.
public final class ImageAccounts {
  private static final int MAX_BYTES = 1 << 20;

  /// How many names a message lists.
  private static final int MAX_LISTED = 12;

  private final List<User> users;
  private final List<Group> groups;

  private record User(String name, long uid, long gid) {}

  private record Group(String name, long gid) {}

  /// The answer to a search for a user.
  public sealed interface Lookup {
    /// It is known by number.
    record Found(ImageUser user) implements Lookup {}

    /// There is none.
    ///
    /// @param reason what is wrong, for people to read
    /// @param help what could be meant
    record Unknown(String reason, String help) implements Lookup {}
  }

  private ImageAccounts(List<User> users, List<Group> groups) {
    this.users = users;
    this.groups = groups;
  }

  /// Reads the accounts of an image. An image without the files has none.
  ///
  /// @param layers the layers that the tree was made of, in the same order
  /// @throws dev.testudo.image.oci.ImageException if the files have more than 1 MiB
  /// @throws IOException if a layer cannot be read
  public static ImageAccounts read(BlobSource source, List<Descriptor> layers, ImageTree tree)
      throws IOException {
    var files = new ArrayList<TreeFile>();
    var passwd = file(tree, "/etc/passwd");
    var group = file(tree, "/etc/group");
    passwd.ifPresent(files::add);
    group.ifPresent(files::add);
    var contents = TreeContents.read(source, layers, files, MAX_BYTES);
    return of(text(passwd, contents), text(group, contents));
  }

  private static Optional<TreeFile> file(ImageTree tree, String path) {
    return tree.find(path)
        .map(ImageTree.Located::file)
        .filter(file -> file.node() instanceof LayerNode.RegularFile);
  }

  private static String text(Optional<TreeFile> file, Map<TreeFile, byte[]> contents) {
    return file.map(one -> new String(contents.getOrDefault(one, new byte[0]), UTF_8)).orElse("");
  }

  /// Returns the accounts that the texts of the two files describe.
  static ImageAccounts of(String passwd, String group) {
    var users = new ArrayList<User>();
    for (var line : passwd.lines().toList()) {
      var fields = line.split(":", -1);
      if (fields.length >= 4 && isName(fields[0])) {
        var uid = number(fields[2]);
        var gid = number(fields[3]);
        if (uid.isPresent() && gid.isPresent()) {
          users.add(new User(fields[0], uid.getAsLong(), gid.getAsLong()));
        }
      }
    }
    var groups = new ArrayList<Group>();
    for (var line : group.lines().toList()) {
      var fields = line.split(":", -1);
      if (fields.length >= 3 && isName(fields[0])) {
        number(fields[2]).ifPresent(gid -> groups.add(new Group(fields[0], gid)));
      }
    }
    return new ImageAccounts(users, groups);
  }

  /// Returns whether a name can be shown, and is no number.
  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= 64
        && text.chars().noneMatch(letter -> letter <= ' ' || Character.isISOControl(letter))
        && number(text).isEmpty();
  }

  private static OptionalLong number(String text) {
    if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    var number = Long.parseLong(text);
    return number > ImageUser.MAX_ID ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /// Finds a user. Without a group, it is the one in `/etc/passwd`; for a number without an entry
  /// there it is 0, as for container runtimes.
  ///
  /// @param text `USER` or `USER:GROUP`, each a name or a number
  public Lookup find(String text) {
    var parts = text.split(":", -1);
    if (parts.length > 2 || parts[0].isEmpty() || parts[parts.length - 1].isEmpty()) {
      return new Lookup.Unknown(
          "`%s` is not a user".formatted(shown(text)),
          "write `USER` or `USER:GROUP`, each as a name or a number");
    }
    var uid = uid(parts[0]);
    if (uid.isEmpty()) {
      return unknown("user", parts[0], userNames());
    }
    if (parts.length == 1) {
      return found(uid.getAsLong(), groupOf(uid.getAsLong()));
    }
    var gid = gid(parts[1]);
    return gid.isEmpty()
        ? unknown("group", parts[1], groupNames())
        : found(uid.getAsLong(), gid.getAsLong());
  }

  private static Lookup found(long uid, long gid) {
    return new Lookup.Found(new ImageUser(uid, gid));
  }

  private OptionalLong uid(String text) {
    var number = number(text);
    return number.isPresent()
        ? number
        : users.stream().filter(user -> user.name().equals(text)).mapToLong(User::uid).findFirst();
  }

  private OptionalLong gid(String text) {
    var number = number(text);
    return number.isPresent()
        ? number
        : groups.stream()
            .filter(group -> group.name().equals(text))
            .mapToLong(Group::gid)
            .findFirst();
  }

  private long groupOf(long uid) {
    return users.stream()
        .filter(user -> user.uid() == uid)
        .mapToLong(User::gid)
        .findFirst()
        .orElse(0);
  }

  /// Returns the name of a user, if it has one.
  public Optional<String> name(long uid) {
    return users.stream().filter(user -> user.uid() == uid).map(User::name).findFirst();
  }

  /// Returns the names of users, the highest numbers first: images add theirs to those of the
  /// distribution.
  private List<String> userNames() {
    return users.stream()
        .sorted(Comparator.comparingLong(User::uid).reversed())
        .map(User::name)
        .toList();
  }

  private List<String> groupNames() {
    return groups.stream()
        .sorted(Comparator.comparingLong(Group::gid).reversed())
        .map(Group::name)
        .toList();
  }

  private static Lookup unknown(String what, String text, List<String> names) {
    var reason = "the image has no %s `%s`".formatted(what, shown(text));
    if (names.isEmpty()) {
      return new Lookup.Unknown(
          reason,
          "it names no %ss; write a number of at most %d".formatted(what, ImageUser.MAX_ID));
    }
    var near = Spelling.nearest(text, names);
    if (near.isPresent()) {
      return new Lookup.Unknown(reason, "did you mean `%s`?".formatted(near.get()));
    }
    var listed = String.join(", ", names.subList(0, Math.min(names.size(), MAX_LISTED)));
    return new Lookup.Unknown(
        reason, "it has " + listed + (names.size() > MAX_LISTED ? " and others" : ""));
  }

  private static String shown(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
