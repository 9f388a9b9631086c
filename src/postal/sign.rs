//! Strips the letters that may precede a postal code: the country's ISO code or its road sign, as in `D-10115`.

/// Road signs that differ from the ISO code. A territory has those of the country whose postal operator serves it.
fn road_signs(country: &str) -> &'static [&'static str] {
    match country {
        "AD" => &["AND"],
        "AE" => &["UAE"],
        "AM" => &["ARM"],
        "AR" => &["RA"],
        "AS" | "GU" | "MP" | "PR" | "UM" | "VI" => &["US", "USA"],
        "AT" => &["A"],
        "AU" => &["AUS"],
        "AX" => &["FI", "FIN", "SF"],
        "BA" => &["BIH"],
        "BD" => &["BGD"],
        "BE" => &["B"],
        "BL" | "GF" | "GP" | "MF" | "MQ" | "NC" | "PF" | "PM" | "RE" | "TF" | "WF" | "YT" => {
            &["F", "FR"]
        }
        "BY" => &["BLR"],
        "CL" => &["RCH"],
        "CN" => &["CHN"],
        "CU" => &["C"],
        "DE" => &["D"],
        "EE" => &["EST"],
        "EG" => &["ET"],
        "ES" => &["E"],
        "ET" => &["ETH"],
        "FI" => &["FIN", "SF", "AX"],
        "FO" => &["FØ"],
        "FR" => &["F"],
        "GL" => &["KN"],
        "GT" => &["GCA"],
        "HU" => &["H"],
        "ID" => &["RI"],
        "IN" => &["IND"],
        "IQ" => &["IRQ"],
        "IT" => &["I"],
        "JO" => &["HKJ"],
        "JP" => &["J"],
        "KE" => &["EAK"],
        "KG" => &["KS"],
        "KH" => &["K"],
        "KR" => &["ROK"],
        "KW" => &["KWT"],
        "LA" => &["LAO"],
        "LB" => &["RL"],
        "LI" => &["FL"],
        "LU" => &["L"],
        "ME" => &["MNE"],
        "MG" => &["RM"],
        "MK" => &["NMK"],
        "MM" => &["BUR"],
        "MN" => &["MGL"],
        "MX" => &["MEX"],
        "MY" => &["MAL"],
        "NG" => &["WAN"],
        "NI" => &["NIC"],
        "NO" => &["N", "SJ"],
        "NP" => &["NEP"],
        "PH" => &["RP"],
        "PT" => &["P"],
        "RS" => &["SRB"],
        "RU" => &["RUS"],
        "SA" => &["KSA"],
        "SE" => &["S"],
        "SG" => &["SGP"],
        "SI" => &["SLO"],
        "SJ" => &["N", "NO"],
        "SM" => &["RSM"],
        "TH" => &["T"],
        "TW" => &["RC"],
        "UA" => &["UKR"],
        "US" => &["USA"],
        "UY" => &["ROU", "U"],
        "VA" => &["V"],
        "XK" => &["RKS"],
        "ZM" => &["Z"],
        _ => &[],
    }
}

/// Strips the sign of `country` from a folded code, but only before a digit or the star of a pattern. Other letters
/// belong to the code.
pub fn strip<'c>(country: &str, folded: &'c str) -> &'c str {
    let Some(letters) = folded.find(|next: char| next.is_ascii_digit() || next == '*') else {
        return folded;
    };
    let (sign, rest) = folded.split_at(letters);
    let is_sign = sign == country || road_signs(country).contains(&sign);
    if is_sign { rest } else { folded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_iso_code_and_the_road_sign_are_not_part_of_the_code() {
        for (country, folded, code) in [
            ("DE", "D10115", "10115"),
            ("DE", "DE10115", "10115"),
            ("CH", "CH8001", "8001"),
            ("BE", "B1000", "1000"),
            ("SE", "S11351", "11351"),
            ("SE", "SE11351", "11351"),
            ("AD", "AD500", "500"),
            ("AZ", "AZ1000", "1000"),
            ("LV", "LV1010", "1010"),
            ("AX", "AX22100", "22100"),
            ("PR", "US00901", "00901"),
            ("DE", "D*", "*"),
            ("DE", "A1010", "A1010"),
            ("AT", "A1010", "1010"),
            ("AR", "C1425ABC", "C1425ABC"),
            ("SZ", "H100", "H100"),
            ("DE", "D", "D"),
            ("DE", "10115", "10115"),
        ] {
            assert_eq!(strip(country, folded), code, "{country} {folded}");
        }
    }
}
