"""Makes the samples of this folder anew (Python 3.11, Pillow 13.0): one small picture with all that cameras and programs write beside it."""
from pathlib import Path
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

HERE = Path(__file__).parent
XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="43,14.2N" exif:GPSLongitude="76,56.7E"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture(shade=0, mode="RGB"):
    """60 x 40: red, green, blue, white from the top left, by which one sees how it is turned."""
    image = Image.new(mode, (60, 40))
    for x in range(60):
        for y in range(40):
            corner = [(255 - shade, 0, 0), (0, 255 - shade, 0), (0, 0, 255 - shade), (255, 255, 255)][(y >= 20) * 2 + (x >= 30)]
            image.putpixel((x, y), corner + (255,) * (mode == "RGBA"))
    return image


def exif(orientation):
    data = Image.Exif()
    data[0x010F], data[0x0110], data[0x0112], data[0x0132], data[0x013B] = "Kamera", "K-1", orientation, "2026:11:20 09:00:00", "Aigul"
    data.get_ifd(0x8769).update({0x9003: "2026:11:20 09:00:00", 0x927C: b"KameraNotes" * 8, 0xA431: "serial-4711"})
    data.get_ifd(0x8825).update({1: "N", 2: (43.0, 14.0, 12.0), 3: "E", 4: (76.0, 56.0, 42.0), 6: 850.0})
    return data.tobytes()


def save(name, image, **given):
    image.save(HERE / name, **given)


save("turned.jpg", picture(), exif=exif(6), xmp=XMP, comment=b"taken at school 25", icc_profile=PROFILE, quality=80, dpi=(300, 300))
save("upright.jpg", picture(), exif=exif(1), quality=80)
save("progressive.jpg", picture(), exif=exif(8), quality=80, progressive=True)
save("cmyk.jpg", picture().convert("CMYK"), exif=exif(3), quality=80)

words = PngInfo()
words.add_text("Author", "Aigul")
words.add_text("Comment", "taken at school 25 " * 20, zip=True)
words.add_itxt("XML:com.adobe.xmp", XMP.decode())
save("turned.png", picture(mode="RGBA"), pnginfo=words, exif=exif(6), icc_profile=PROFILE, dpi=(300, 300))
save("moving.png", picture(), save_all=True, append_images=[picture(100), picture(200)], duration=200, pnginfo=words, exif=exif(1))
palette = picture().quantize(8)
save("palette.png", palette, transparency=0, pnginfo=words)

save("turned.webp", picture(), exif=exif(6), xmp=XMP, icc_profile=PROFILE, quality=80)
save("lossless.webp", picture(), lossless=True, exif=exif(1), xmp=XMP)
save("plain.webp", picture(), quality=80)
save("moving.webp", picture(), save_all=True, append_images=[picture(100), picture(200)], duration=200, exif=exif(1), xmp=XMP)

save("moving.gif", picture(), save_all=True, append_images=[picture(100), picture(200)], duration=200, loop=3, comment=b"taken at school 25")
save("photo.avif", picture(), exif=exif(6), quality=60)
