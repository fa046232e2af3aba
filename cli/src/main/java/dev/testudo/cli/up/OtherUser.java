package dev.testudo.cli.up;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs a command of ours as a user who owns nothing on the machine, with no privileges. Our files
/// often lie where such a user may not even pass through, as in root's home; so the command gets a
/// mount namespace in which the folders that it needs can be reached by their own names, and
/// nothing else of the folders around them.
final class OtherUser {
  /// Arguments: the user, how many folders, the folders, the command. What has to be shown is
  /// mounted aside first, because covering a folder covers what lies in it. No JVM asks anything of
  /// `/sys` before it is given back.
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

  /// The words before the words of a command.
  ///
  /// @param user whose user and group id it is
  /// @param folders what the command needs, with all that is in them; absolute
  static List<String> prefix(int user, List<Path> folders) {
    var words =
        new ArrayList<>(List.of("unshare", "--mount", "--", "sh", "-c", SCRIPT, "as-other-user"));
    words.add(Integer.toString(user));
    words.add(Integer.toString(folders.size()));
    folders.forEach(folder -> words.add(folder.toString()));
    return words;
  }
}
