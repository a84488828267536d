import Foundation
import Testing
import WeirConsole

/// Contrast after WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (what is needed to understand a picture).
@Suite("Palette")
struct PaletteTests {
    @Test(
        "Text stands out by 4.5 to 1 from every ground, in light and dark",
        arguments: ["light", "dark"], ["ink", "muted", "water", "amber", "red"])
    func text(scheme: String, colour: String) throws {
        let palette = try Self.palette(scheme)
        for ground in ["ground", "panel"] {
            let contrast = Self.contrast(try #require(palette[colour]), try #require(palette[ground]))
            #expect(contrast >= 4.5, "\(colour) on \(ground): \(contrast)")
        }
    }

    @Test(
        "Marks stand out by 3 to 1 from every ground, in light and dark",
        arguments: ["light", "dark"], ["water", "amber", "red", "green", "frame"])
    func marks(scheme: String, colour: String) throws {
        let palette = try Self.palette(scheme)
        for ground in ["ground", "panel"] {
            let contrast = Self.contrast(try #require(palette[colour]), try #require(palette[ground]))
            #expect(contrast >= 3, "\(colour) on \(ground): \(contrast)")
        }
    }

    @Test("Black on white is 21 to 1")
    func extremes() {
        #expect(abs(Self.contrast(0x000000, 0xffffff) - 21) < 1e-9)
    }

    /// The colours that the stylesheet declares first (light) or second (dark).
    private static func palette(_ scheme: String) throws -> [String: Int] {
        let stylesheet = String(decoding: ConsoleAsset.stylesheet.bytes, as: UTF8.self)
        let blocks = stylesheet.components(separatedBy: ":root {").dropFirst().map { $0.prefix { $0 != "}" } }
        try #require(blocks.count == 2)
        let declared = blocks[scheme == "light" ? 0 : 1].matches(of: /--([a-z]+): #([0-9a-f]{6});/)
        return Dictionary(uniqueKeysWithValues: declared.map { (String($0.1), Int($0.2, radix: 16) ?? 0) })
    }

    private static func contrast(_ first: Int, _ second: Int) -> Double {
        let (light, dark) = (max(luminance(first), luminance(second)), min(luminance(first), luminance(second)))
        return (light + 0.05) / (dark + 0.05)
    }

    private static func luminance(_ colour: Int) -> Double {
        let parts = [16, 8, 0].map { shift -> Double in
            let value = Double(colour >> shift & 0xff) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}
