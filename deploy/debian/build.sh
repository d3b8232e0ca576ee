#!/bin/sh
# Makes a Debian package of what `npm pack` made: deploy/debian/build.sh quoll-0.1.0.tgz [FOLDER]
# It is for the Node and the machine that it is made with, since SQLite's binding is. Prints the name of the file.
set -eu
tarball=$(realpath "$1")
folder=$(realpath "${2:-.}")
here=$(dirname "$(realpath "$0")")
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# What npm installs for everybody, laid out below /usr/lib.
npm install --global --prefix "$stage/npm" --no-audit --no-fund --prefer-offline "$tarball" >&2
root=$stage/root
mkdir -p "$root/usr/lib" "$root/usr/bin" "$root/usr/share/doc/quoll" "$root/DEBIAN"
mv "$stage/npm/lib/node_modules/quoll" "$root/usr/lib/quoll"
quoll=$root/usr/lib/quoll
ln -s ../lib/quoll/dist/program/main.js "$root/usr/bin/quoll"

# Of SQLite's binding only what is loaded: not its sources, and not what compiled it. The other packages are in the program.
sqlite=$quoll/node_modules/better-sqlite3
mv "$sqlite/build/Release/better_sqlite3.node" "$stage/"
rm -rf "$sqlite/build" "$sqlite/deps" "$sqlite/src" "$sqlite/binding.gyp"
mkdir -p "$sqlite/build/Release"
mv "$stage/better_sqlite3.node" "$sqlite/build/Release/"
strip --strip-unneeded "$sqlite/build/Release/better_sqlite3.node" 2>/dev/null || true
for module in "$quoll/node_modules"/* "$quoll/node_modules"/.[!.]*; do
  case ${module##*/} in better-sqlite3 | bindings | file-uri-to-path) ;; *) rm -rf "$module" ;; esac
done

# Documents and the unit stand where Debian has them.
mv "$quoll/docs" "$quoll/examples" "$quoll/README.md" "$root/usr/share/doc/quoll/"
mv "$quoll/CHANGELOG.md" "$root/usr/share/doc/quoll/NEWS.md"
install -m 644 "$here/copyright" "$root/usr/share/doc/quoll/copyright"
mkdir -p "$root/lib/systemd/system" "$root/usr/lib/sysusers.d"
sed 's,^ExecStart=quoll ,ExecStart=/usr/bin/quoll ,' "$quoll/deploy/systemd/quoll.service" >"$root/lib/systemd/system/quoll.service"
mv "$quoll/deploy/systemd/quoll.sysusers" "$root/usr/lib/sysusers.d/quoll.conf"
rm -rf "$quoll/deploy"

find "$quoll" -name .npmignore -delete
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f -exec chmod 644 {} +
chmod 755 "$quoll/dist/program/main.js"
install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN/"

version=$(node -p 'require(process.argv[1]).version' "$quoll/package.json")
major=$(node -p 'process.versions.node.split(".")[0]')
minimum=$(node -p '({ 20: "20.19", 22: "22.12" })[process.argv[1]] ?? process.argv[1]' "$major")
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-$(id -un)} <${DEBEMAIL:-$(id -un)@$(hostname)}>"
# As Debian has it; what changed stands in NEWS.md.
gzip -9n >"$root/usr/share/doc/quoll/changelog.gz" <<END
quoll ($version) unstable; urgency=medium

  * What changed is in NEWS.md.

 -- $maintainer  $(date -R ${SOURCE_DATE_EPOCH:+-d "@$SOURCE_DATE_EPOCH"})
END
cat >"$root/DEBIAN/control" <<END
Package: quoll
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Section: net
Priority: optional
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: nodejs (>= $minimum), nodejs (<< $((major + 1))~), libc6, libstdc++6, systemd
Description: coordination service for anyone who can type curl
 A few processes agree on one small tree of data and keep agreeing on it when
 some of them crash: for configuration, leader election, locks and service
 discovery. It speaks HTTP, WebSocket, gRPC and the protocol of ZooKeeper.
 .
 The service is installed and not started: it wants /etc/quoll/quoll.yaml.
END

file=$folder/quoll_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$file" >&2
echo "$file"
