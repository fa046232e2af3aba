package dev.testudo.cli.up;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs a command as a user who owns nothing on the machine, without privileges. Our files are
/// often where such a user may not even enter, such as root's home. So the command runs in a mount
/// namespace in which the directories that it needs are reachable under their own paths, without
/// anything else around them.
final class OtherUser {
  /// The script. Its arguments are the user id, the number of directories, the directories, and the
  /// command. It first mounts the directories aside, because covering a directory covers what is in
  /// it. It uses `/sys` for that and restores it before any JVM starts.
  private static final String SCRIPT =
      """
      set -eu
      umask 022
      user=$1 count=$2; shift 2
      mount -t tmpfs -o mode=755,size=64k none /sys
      n=0
      while [ $n -lt "$count" ]; do
        n=$((n + 1)); eval "folder=\\$$n"
        mkdir "/sys/$n"; mount --rbind "$folder" "/sys/$n"
      done
      n=0
      while [ $n -lt "$count" ]; do
        n=$((n + 1)); eval "folder=\\$$n"
        at= rest=${folder#/}/ covered=
        while [ -n "$rest" ]; do
          at=$at/${rest%%/*} rest=${rest#*/}
          [ "$at" != "$folder" ] && [ -d "$at" ] || continue
          [ -n "$(find "$at" -maxdepth 0 -perm -001)" ] || {
            mount -t tmpfs -o mode=755,size=64k none "$at"
          }
        done
        [ -d "$folder" ] || mkdir -p "$folder"
        mount --rbind "/sys/$n" "$folder"
      done
      umount -R -l /sys
      shift "$count"
      exec setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps=-all \\
        --bounding-set=-all --no-new-privs -- "$@"
      """;

  private OtherUser() {}

  /// Returns the words to put before a command.
  ///
  /// @param user the user id, also used as group id
  /// @param folders the directories that the command needs, absolute, with everything in them
  static List<String> prefix(int user, List<Path> folders) {
    var words =
        new ArrayList<>(List.of("unshare", "--mount", "--", "sh", "-c", SCRIPT, "as-other-user"));
    words.add(Integer.toString(user));
    words.add(Integer.toString(folders.size()));
    folders.forEach(folder -> words.add(folder.toString()));
    return words;
  }
}
