# Sourced by scripts/package: the parts of packages, and the packages made of them. The variables are those of
# scripts/package and scripts/runtime.sh.

# Gives everything in DIR the time of the release and modes that do not depend on who made it.
settle() { # DIR
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -type f -perm -100 -exec chmod 755 {} +
  find "$1" -type f ! -perm -100 -exec chmod 644 {} +
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

# Makes TREE with the launcher, `lib`, in which everything that is measured as the agent is, and `container`, the
# runtime of images. In `lib`, `java` has all modules, so a directory of jars is not needed.
program_files() { # TREE
  mkdir -p "$1/lib" "$work/jars" "$work/module"
  cp "$installation/testudo" "$1/"
  cp "$installation"/lib/*.jar "$work/jars/"
  describe_postgresql "$work/jars"/org.postgresql.postgresql-*.jar
  # The operator, which is no module, answers probes with the server of the JDK.
  runtime_link "$work/jars" "$(modules "$work/jars"),jdk.httpserver" "$1/lib/java"
  find "$1/lib/java/bin" -type f ! -name java -delete
  cp "$installation/lib/$boringssl" "$1/lib/"
  unzip -q -p "$installation"/lib/org.xerial.sqlite-jdbc-*.jar "org/sqlite/native/Linux/$sqlite/libsqlitejdbc.so" \
    >"$1/lib/libsqlitejdbc.so"
  settle "$1"
  sed "s|/usr/lib/testudo|$1|g" "$sources/command.options" >"$work/options"
  runtime_archive "$sources/classes" "$1/lib/testudo.jsa" "$main" ${emulator:+"$sysroot$loader" --inhibit-cache \
    --library-path "$sysroot/lib/$tuple:$sysroot/usr/lib/$tuple:$1/lib/java/lib"} "$1/lib/java/bin/java" @"$work/options"
  "$scripts/container-runtime" "$installation/lib" "$work/container" "$architecture"
  mkdir "$1/container"
  cp -R "$work/container/agent.json" "$work/container/layer" "$1/container/"
  rm -f "$1/container/layer/.testudo.lock"
  settle "$1"
}
main=dev.testudo.dist/dev.testudo.dist.Main

# Adds a description of the module to the jar of PostgreSQL's driver.
describe_postgresql() { # JAR
  "$JAVA_HOME/bin/javac" --patch-module "org.postgresql.jdbc=$1" -d "$work/module" \
    "$sources/org.postgresql.jdbc/module-info.java"
  "$JAVA_HOME/bin/jar" --update --file "$1" -C "$work/module" module-info.class
}

# Prints the names of the modules in JARS, with commas between them.
modules() { # JARS
  "$JAVA_HOME/bin/java" --module-path "$1" --list-modules | sed -n 's/^\([^@ ]*\).* file:.*/\1/p' | sort -u | paste -s -d ,
}

# Makes SHARE with man pages, completions, the unit of CAS, documents and licences.
documents() { # SHARE
  mkdir -p "$1/man/man1" "$1/bash-completion/completions" "$1/zsh/site-functions" "$1/systemd" "$1/doc/testudo"
  "$installation/testudo" manual --write "$1/man/man1"
  gzip -n -9 "$1"/man/man1/*.1
  "$installation/testudo" completion bash | sed '1{/^#!/d}' >"$1/bash-completion/completions/testudo"
  {
    echo '#compdef testudo'
    "$installation/testudo" completion zsh
    echo '_bash_complete -o default -F _complete_testudo'
  } >"$1/zsh/site-functions/_testudo"
  cp "$sources/testudo-cas.service" "$sources/testudo-cas.default" "$1/systemd/"
  cp -R "$root"/docs/*.md "$root"/docs/*.svg "$root/docs/formats" "$root/CHANGELOG.md" "$root/SECURITY.md" \
    "$1/doc/testudo/"
  cp "$root/LICENSE" "$1/doc/testudo/"
  licences "$1/doc/testudo/third-party"
  bill_of_materials >"$1/doc/testudo/sbom.json"
  settle "$1"
}

# Collects the licences that the jars contain. All other libraries have the Apache License 2.0, like Testudo itself. The
# licences of the Java runtime are in its directory `legal`.
licences() { # DIR
  mkdir "$1"
  for jar in "$installation"/lib/*.jar "$installation"/operator/*.jar; do
    name=$(basename "$jar" .jar)
    for entry in $(unzip -Z1 "$jar" | grep -E '(^|/)(LICENSE|NOTICE)(\.txt|\.zentus)?$'); do
      mkdir -p "$1/$name"
      unzip -q -p "$jar" "$entry" >"$1/$name/$(echo "$entry" | sed 's|META-INF/||g; s|/|-|g')"
    done
  done
  cp "$sources"/licences/* "$1/"
}

# Prints the bill of materials of the jars together with what else is in the packages.
bill_of_materials() {
  . "$target_jdk/release"
  libc=$(runtime_run "$sysroot$loader" --version | sed -n '1s/.*version \([0-9.]*[0-9]\).*/\1/p')
  tcnative=$(unzip -p "$installation"/lib/io.netty.netty-tcnative-classes-*.jar META-INF/maven/*/*/pom.properties |
    sed -n 's/^version=\(.*\)/\1/p' | tr -d '\r')
  jq --arg java "$JAVA_RUNTIME_VERSION" --arg maker "$IMPLEMENTOR" --arg libc "$libc" --arg tcnative "$tcnative" \
    --arg cpu "$cpu" -f "$sources/sbom.jq" "$sbom"
}

pack_tar() { # TREE
  tar -C "$work" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    -cf - "$(basename "$1")" | gzip -n -9 >"$out/$(basename "$1").tar.gz"
}

# Makes the package of Debian from the same files; only their places differ.
pack_deb() { # TREE ROOT
  mkdir -p "$2/DEBIAN" "$2/usr/bin" "$2/usr/lib/systemd/system" "$2/usr/share/zsh" "$2/etc/default"
  cp -Rp "$1" "$2/usr/lib/testudo"
  mv "$2/usr/lib/testudo/share/man" "$2/usr/lib/testudo/share/bash-completion" "$2/usr/lib/testudo/share/doc" \
    "$2/usr/share/"
  mv "$2/usr/lib/testudo/share/zsh/site-functions" "$2/usr/share/zsh/vendor-completions"
  mv "$2/usr/lib/testudo/share/systemd/testudo-cas.service" "$2/usr/lib/systemd/system/"
  mv "$2/usr/lib/testudo/share/systemd/testudo-cas.default" "$2/etc/default/testudo-cas"
  rm -r "$2/usr/lib/testudo/share"
  ln -s ../lib/testudo/testudo "$2/usr/bin/testudo"

  doc=$2/usr/share/doc/testudo
  cp "$sources/debian/copyright" "$doc/"
  rm "$doc/LICENSE" # common-licenses has it
  gzip -n -9 "$doc/CHANGELOG.md"
  mkdir -p "$2/usr/share/lintian/overrides"
  cp "$sources/debian/lintian-overrides" "$2/usr/share/lintian/overrides/testudo"
  sed "s/@VERSION@/$version/; s/@DATE@/$(date -R -d "@$SOURCE_DATE_EPOCH")/" "$sources/debian/changelog" |
    gzip -n -9 >"$doc/changelog.gz"
  cp "$sources/debian/postinst" "$sources/debian/prerm" "$sources/debian/postrm" "$2/DEBIAN/"
  echo /etc/default/testudo-cas >"$2/DEBIAN/conffiles"
  # The JDKs differ in the C library that they need.
  case $architecture in
    amd64) depends='libc6 (>= 2.17)' ;;
    arm64) depends='libc6 (>= 2.38), libgcc-s1, libstdc++6, zlib1g' ;;
  esac
  sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@DEPENDS@/$depends/
    s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$2" | cut -f1)/" "$sources/debian/control" >"$2/DEBIAN/control"
  (cd "$2" && find usr etc -type f -print0 | sort -z | xargs -0 md5sum) >"$2/DEBIAN/md5sums"
  settle "$2"
  chmod 755 "$2/DEBIAN/postinst" "$2/DEBIAN/prerm" "$2/DEBIAN/postrm"
  dpkg-deb --root-owner-group -Zxz -z3 --threads-max=1 --build "$2" "$out/testudo_${version}_$architecture.deb" >/dev/null
}

# Makes the images. They have no shell, so their entry points start the JVM, and they bring the C library.
pack_images() { # TREE ROOT
  mkdir -p "$2/usr/lib/testudo"
  cp -Rp "$1/lib" "$1/container" "$2/usr/lib/testudo/"
  cp "$sources/command.options" "$sources/cas.options" "$2/usr/lib/testudo/"
  cp -R "$installation/operator" "$2/usr/lib/testudo/"
  mkdir "$2/usr/lib/testudo/libc"
  cp -L "$sysroot$loader" "$2/usr/lib/testudo/libc/ld.so"
  for library in $(runtime_libraries "$target_jdk/bin/java" "$target_jdk/lib/server/libjvm.so" "$1"/lib/*.so); do
    cp -L "$library" "$2/usr/lib/testudo/libc/"
  done
  cp -Rp "$1/share/doc/testudo/third-party" "$1/share/doc/testudo/LICENSE" "$1/share/doc/testudo/sbom.json" \
    "$2/usr/lib/testudo/"
  settle "$2"
  "$installation/testudo" pack-images "$2" "$architecture" "$SOURCE_DATE_EPOCH" "$out" "$version-$cpu"
}
