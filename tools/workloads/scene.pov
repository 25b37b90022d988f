// scene.pov - a few hundred spheres and boxes under a lamp
#version 3.7;
global_settings { assumed_gamma 1.0 }
camera { location <0, 4, -12> look_at 0 }
light_source { <10, 20, -10> rgb 1 }
plane { y, -2 pigment { checker rgb 0.2 rgb 0.9 } }
#declare s = seed(5);
#for (i, 0, 250)
  sphere { <rand(s) * 10 - 5, rand(s) * 4 - 2, rand(s) * 10>, 0.1 + rand(s) * 0.3
    texture { pigment { rgb <rand(s), rand(s), rand(s)> } finish { phong 0.6 } } }
#end
union { #for (i, 0, 60) box { <i / 10 - 3, 0, 0>, <i / 10 - 2.95, sin(i / 5), 0.2> rotate y * i } #end
  pigment { rgb <1, 0.6, 0> } }
