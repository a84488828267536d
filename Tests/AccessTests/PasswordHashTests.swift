import Testing
import WeirAccess

@Suite("Hashes of passwords")
struct PasswordHashTests {
    static let salt = [UInt8](0..<16)

    @Test("A hash lets its own password in and no other")
    func matching() throws {
        let hash = try PasswordHash.make("four words at random", salt: Self.salt, cost: 6)
        #expect(hash.hasPrefix("$7$"))
        #expect(PasswordHash.matches("four words at random", hash))
        for other in ["four words at randon", "four words at random ", "", "four words at random\0x"] {
            #expect(!PasswordHash.matches(other, hash))
        }
        #expect(!PasswordHash.matches("four words at random", "no hash"))
        #expect(!PasswordHash.matches("four words at random", String(hash.dropLast())))
    }

    @Test("Equal passwords have hashes of their own")
    func salted() throws {
        let one = try PasswordHash.make("four words at random", salt: Self.salt, cost: 6)
        let other = try PasswordHash.make("four words at random", salt: Self.salt.reversed(), cost: 6)
        #expect(one != other)
    }

    @Test("A password is long enough, not endless, and can be typed")
    func refused() {
        func fault(_ password: String) -> PasswordFault? {
            do throws(PasswordFault) { _ = try PasswordHash.make(password, salt: Self.salt, cost: 6) } catch {
                return error
            }
            return nil
        }
        #expect(fault("eleven byte") == .length(11))
        #expect(fault("twelve bytes") == nil)
        #expect(fault(String(repeating: "x", count: 256)) == nil)
        #expect(fault(String(repeating: "x", count: 257)) == .length(257))
        #expect(fault("two\nlines are not good") == .controlCharacter)
    }

    @Test("What is compared with where nobody has the name costs what any other hash costs", arguments: 0..<8)
    func decoy(turn: Int) {
        let decoy = PasswordHash.decoy()
        // A setting that libcrypt does not know is answered at once.
        let computed = PasswordHash.hash("wrong wrong wrong", setting: decoy.utf8CString.map { $0 })
        #expect(computed?.utf8.count == decoy.utf8.count && computed?.hasPrefix("$7$CU..../....") == true)
        #expect(!PasswordHash.matches("wrong wrong wrong", decoy))
    }
}
