package io.weir.net.acme;

import io.weir.core.tls.AcmeSpec;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory with accounts' keys and certificates, which nobody else may read. Several processes may share it. Waits
 * for files: never on a worker.
 */
final class CertificateStore {
    private static final Set<PosixFilePermission> OWN_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWN_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    /** Text before the first block, which readers of PEM pass over (RFC 7468 section 5.2): what is one stays one. */
    private static final String DIRECTORY = "ACME directory: ";
    private static final Pattern DIRECTORY_LINE = Pattern.compile("(?m)^" + DIRECTORY + "(\\S+)$");
    private static final int LINE_CHARACTERS = 64;
    private static final int ACCOUNT_BYTES = 8;

    private final Path directory;

    private CertificateStore(Path directory) {
        this.directory = directory;
    }

    /** Makes the directory where it is not there. */
    static CertificateStore open(String storage) throws IOException {
        Path directory = Path.of(storage).toAbsolutePath();
        if (!Files.isDirectory(directory)) {
            Path above = directory.getParent();
            if (above != null) {
                Files.createDirectories(above);
            }
            try {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWN_DIRECTORY));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(directory)) {
                    throw new IOException(directory + " is no directory", e);
                }
            }
        }
        return new CertificateStore(directory);
    }

    /** The certificate that is kept; null: there is none. */
    static @Nullable StoredCertificate certificate(AcmeSpec spec) throws IOException {
        try {
            String text = Files.readString(Path.of(spec.file()), StandardCharsets.ISO_8859_1);
            for (Matcher block = BLOCK.matcher(text); block.find();) {
                if (block.group(1).equals("CERTIFICATE")) {
                    Matcher line = DIRECTORY_LINE.matcher(text.substring(0, block.start()));
                    return new StoredCertificate((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(bytes(block))),
                            line.find() ? line.group(1) : "");
                }
            }
            throw new IOException(spec.file() + " holds no certificate");
        } catch (NoSuchFileException e) {
            return null;
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IOException(spec.file() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Keeps a certificate in the place of the one before, all at once: key and certificate are in one file, so that
     * nobody ever sees one without the other, and so is whose certificate it is.
     */
    void keep(AcmeSpec spec, Issuance.Issued issued) throws IOException {
        var text = new StringBuilder(DIRECTORY).append(spec.directory()).append('\n');
        try {
            for (X509Certificate each : issued.chain()) {
                text.append(pem("CERTIFICATE", each.getEncoded()));
            }
        } catch (CertificateException e) {
            throw new IOException(e);
        }
        text.append(pem("PRIVATE KEY", issued.keys().getPrivate().getEncoded()));
        write(spec.name() + ".pem", text.toString());
    }

    /** The key of the account that this certificate is asked for by; made where there is none. */
    AccountKey account(AcmeSpec spec) throws IOException {
        String name = "account-" + accountId(spec) + ".key";
        try {
            return account(Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException none) {
            AccountKey made = AccountKey.make();
            write(name, pem("PRIVATE KEY", made.keys().getPrivate().getEncoded())
                    + pem("PUBLIC KEY", made.keys().getPublic().getEncoded()));
            return made;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(directory.resolve(name) + " holds no key of an account: " + e.getMessage(), e);
        }
    }

    /** Who has another address, or another account elsewhere, has another account. */
    private static String accountId(AcmeSpec spec) throws IOException {
        AcmeSpec.Binding binding = spec.binding();
        String who = spec.directory() + "\n" + spec.email() + "\n" + (binding == null ? "" : binding.id());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(who.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ACCOUNT_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static AccountKey account(String text) throws GeneralSecurityException {
        byte[] secret = {};
        byte[] open = {};
        for (Matcher block = BLOCK.matcher(text); block.find();) {
            switch (block.group(1)) {
                case "PRIVATE KEY" -> secret = bytes(block);
                case "PUBLIC KEY" -> open = bytes(block);
                default -> {
                    // not ours
                }
            }
        }
        var keys = KeyFactory.getInstance("EC");
        return new AccountKey(new KeyPair(keys.generatePublic(new X509EncodedKeySpec(open)),
                keys.generatePrivate(new PKCS8EncodedKeySpec(secret))));
    }

    /**
     * Makes this process the only one that has certificates issued into the directory, until it is closed; null:
     * another is at it.
     */
    @SuppressWarnings("resource") // closed by who gets it
    @Nullable
    Closeable lock() throws IOException {
        Path file = directory.resolve("lock");
        FileChannel channel = FileChannel.open(file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWN_FILE));
        try {
            if (channel.tryLock() != null) {
                return channel; // the lock goes with it
            }
        } catch (OverlappingFileLockException ofThisProcess) {
            channel.close();
            return null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    private void write(String name, String text) throws IOException {
        Path beside = directory.resolve("." + name + ".new");
        Files.deleteIfExists(beside); // of a process that was killed
        try (FileChannel out = FileChannel.open(beside,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWN_FILE))) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true); // before its name: what stands there is whole after a crash too
        }
        Files.move(beside, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] bytes(Matcher block) {
        return Base64.getMimeDecoder().decode(block.group(2));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(LINE_CHARACTERS, new byte[]{'\n'}).encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }
}
